import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { firstScanAt, type NewPolicy, type Policy } from "./policy.ts";
import { insertPolicy } from "./queries.ts";
import { refuseBadValues } from "./site-values.ts";

/** Makes a policy of the context's organisation. Its first scheduled scan is one interval from now. @throws Forbidden, Invalid */
export async function createPolicy(ctx: Ctx, policy: NewPolicy): Promise<Policy> {
  requirePermission(ctx, "orgs:write");
  const { parameters = {} } = policy;
  refuseBadValues(ctx.services.pack, policy.osType, parameters);
  return inTransaction(ctx, async (tx) => {
    const created = await insertPolicy(tx, {
      orgId: tx.orgId,
      name: policy.name,
      description: policy.description ?? "",
      osType: policy.osType,
      benchmark: policy.benchmark ?? null,
      benchmarkVersion: policy.benchmarkVersion ?? null,
      level: policy.level,
      custom: policy.custom ?? false,
      profile: policy.profile ?? "server",
      exclusions: [...new Set(policy.exclusions)],
      scoring: policy.scoring,
      parameters: JSON.stringify(parameters),
      threshold: policy.threshold ?? 80,
      scheduleEnabled: policy.scheduleEnabled,
      intervalMinutes: policy.intervalMinutes,
      nextScanAt: policy.nextScanAt ?? firstScanAt(policy, tx.now),
      enabled: policy.enabled ?? true,
      createdAt: tx.now,
      updatedAt: tx.now,
    });
    await audit(tx, {
      action: "policy.create",
      subject: { type: "policy", id: created.id },
      after: created,
    });
    return created;
  });
}
