import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { enqueue } from "../../jobs.ts";
import { deleteScansJob } from "./jobs.ts";
import { deletePolicyRow, lockPolicy } from "./queries.ts";

/** Deletes a policy with its results and open work; its scans follow in a job. @throws Forbidden, NotFound */
export async function deletePolicy(ctx: Ctx, id: string): Promise<void> {
  requirePermission(ctx, "orgs:write");
  await inTransaction(ctx, async (tx) => {
    const before = await lockPolicy(tx, id);
    await deletePolicyRow(tx, id);
    await enqueue(tx, deleteScansJob, { policyId: id });
    await audit(tx, { action: "policy.delete", subject: { type: "policy", id }, before });
  });
}
