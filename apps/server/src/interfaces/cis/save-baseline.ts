import type { Ctx } from "../../context.ts";
import { createPolicy } from "../../features/policies/create-policy.ts";
import { getPolicyForUpdate } from "../../features/policies/get-policy-for-update.ts";
import type { Policy } from "../../features/policies/policy.ts";
import { updatePolicy } from "../../features/policies/update-policy.ts";
import { type BaselineBody, toNewPolicy, toPolicyChange } from "./baseline-schema.ts";

/** Creates or, with an id, updates: one route does both in interface B. @throws Forbidden, NotFound, Invalid */
export async function saveBaseline(
  ctx: Ctx,
  body: BaselineBody,
): Promise<{ readonly policy: Policy; readonly created: boolean }> {
  if (body.id === undefined) return { policy: await createPolicy(ctx, toNewPolicy(body)), created: true };
  const before = await getPolicyForUpdate(ctx, body.id);
  return { policy: await updatePolicy(ctx, before.id, toPolicyChange(body, before)), created: false };
}
