import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Policy } from "./policy.ts";
import { selectPolicy } from "./queries.ts";

/** The policy as whoever may change it sees it. @throws Forbidden, NotFound */
export async function getPolicyForUpdate(ctx: Ctx, id: string): Promise<Policy> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, (tx) => selectPolicy(tx, id));
}
