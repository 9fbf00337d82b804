import type { RiskLevel } from "@holdfast/contracts/scoring";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { selectHistory } from "./queries.ts";
import { riskOf } from "./risk.ts";

export interface HistoryPoint {
  readonly checkedAt: Date;
  readonly score: number | null;
  readonly riskLevel: RiskLevel | null;
  readonly passCount: number;
  readonly failCount: number;
}

/**
 * A device's scans of the last `days` days, oldest first, as they were judged: an exception made since does not rewrite
 * what was found.
 *
 * @throws Forbidden, NotFound
 */
export async function listHistory(
  ctx: Ctx,
  deviceId: string,
  { policyId, days }: { readonly policyId?: string | undefined; readonly days: number },
): Promise<HistoryPoint[]> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    await selectDevice(tx, deviceId);
    if (policyId !== undefined) await selectPolicy(tx, policyId);
    const since = new Date(tx.now.getTime() - days * 86_400_000);
    const rows = await selectHistory(tx, deviceId, policyId, since);
    return rows.map(({ failedCritical, ...row }) => ({
      ...row,
      riskLevel: riskOf(tx.services, row.score, failedCritical),
    }));
  });
}
