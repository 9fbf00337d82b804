import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { firstScanAt, type Policy } from "./policy.ts";
import { lockPolicy, updatePolicyRow } from "./queries.ts";

/** Enables a policy that is disabled and the other way round; a schedule starts anew. @throws Forbidden, NotFound */
export async function togglePolicy(ctx: Ctx, id: string): Promise<Policy> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const before = await lockPolicy(tx, id);
    const enabled = !before.enabled;
    const nextScanAt = enabled ? firstScanAt(before, tx.now) : before.nextScanAt;
    const after = await updatePolicyRow(tx, id, { enabled, nextScanAt, updatedAt: tx.now });
    await audit(tx, {
      action: enabled ? "policy.enable" : "policy.disable",
      subject: { type: "policy", id },
      before: { enabled: before.enabled, nextScanAt: before.nextScanAt },
      after: { enabled, nextScanAt },
    });
    return after;
  });
}
