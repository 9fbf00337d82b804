import type { RemediationItem } from "@holdfast/contracts/agent-protocol";
import { audit } from "../../audit.ts";
import type { Tx } from "../../context.ts";
import { selectPolicy } from "../policies/queries.ts";
import { lockClaimable, lockRemediations, updateRemediations } from "./queries.ts";

/**
 * What the device may change now, oldest first. An action is offered again when the lease is over without a report: the
 * agent may have been stopped; it knows what it has done already.
 *
 * @param until when the lease ends.
 */
export async function claimRemediations(
  tx: Tx,
  deviceId: string,
  { until, limit }: { readonly until: Date; readonly limit: number },
): Promise<RemediationItem[]> {
  const items: RemediationItem[] = [];
  for (const action of await lockClaimable(tx, deviceId, limit)) {
    const { id, state, policyId, recommendation: checkId, checkId: check, benchmark, planHash, undoes } = action;
    const startedAt = action.startedAt ?? tx.now;
    await updateRemediations(tx, [id], { state: "running", startedAt, claimedUntil: until });
    if (state === "dispatched")
      await audit(tx, {
        action: "remediation.start",
        subject: { type: "remediation", id },
        detail: { deviceId, checkId },
      });
    const isApply = action.action === "apply";
    const { parameters } = await selectPolicy(tx, policyId);
    items.push({
      id,
      type: "remediation",
      actionId: id,
      policyId,
      checkId,
      check,
      benchmark,
      action: action.action,
      planHash: isApply ? planHash : null,
      executionId: isApply || undoes === null ? null : await executionOf(tx, undoes),
      ...(isApply && Object.keys(parameters).length > 0 ? { parameters } : {}),
    });
  }
  return items;
}

async function executionOf(tx: Tx, applyId: string): Promise<string | null> {
  const [apply] = await lockRemediations(tx, [applyId]);
  return apply?.executionId ?? null;
}
