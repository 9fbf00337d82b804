import { type RawBuilder, sql } from "kysely";
import type { Tx } from "../../context.ts";

/** A latest result with the exceptions in force now: an excepted failure is `exempted` and in neither sum of the score. */
export interface LatestOutcome {
  readonly deviceId: string;
  readonly policyId: string;
  readonly resultId: string;
  readonly judgementId: number;
  readonly checkedAt: Date;
  readonly receivedAt: Date;
  /** null: no benchmark fits the device. */
  readonly layoutId: number | null;
  /** "0" and "1", one per place of the layout: open failures. */
  readonly failing: string;
  readonly passCount: number;
  readonly failCount: number;
  readonly exemptedCount: number;
  readonly errorCount: number;
  /** Not applicable, manual and not ported. */
  readonly skippedCount: number;
  readonly failedCritical: number;
  readonly failedHigh: number;
  readonly failedMedium: number;
  readonly failedLow: number;
  /** Unrounded; null when nothing was evaluated. */
  readonly score: number | null;
}

/** The organisation's latest results, to select from. What a query asks of one device or policy, it reads of that only. */
export function latestOutcome(tx: Tx): RawBuilder<LatestOutcome> {
  return sql<LatestOutcome>`latest_outcome(${tx.orgId}, ${tx.now})`;
}
