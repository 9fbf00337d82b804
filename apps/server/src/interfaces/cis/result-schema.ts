import { OsType } from "@holdfast/contracts/platform";
import { roundScore } from "@holdfast/contracts/scoring";
import { type Static, Type } from "typebox";
import type { ComplianceRow } from "../../features/compliance/queries.ts";
import type { JudgedResult } from "../../features/results/queries.ts";
import { Baseline } from "./baseline-schema.ts";
import { BaselineFinding } from "./finding-schema.ts";
import { Time, Uuid } from "./paging.ts";

const Count = Type.Integer();
const Summary = Type.Object({
  pass: Count,
  fail: Type.Integer({ description: "Failed findings, also those an exception covers." }),
  error: Count,
  not_applicable: Count,
  exempted: Type.Integer({ description: "Failed findings that an exception covers." }),
  failedBySeverity: Type.Object({ critical: Count, high: Count, medium: Count, low: Count }),
});

export const BaselineResult = Type.Object({
  id: Uuid,
  orgId: Uuid,
  deviceId: Uuid,
  baselineId: Uuid,
  checkedAt: Time,
  totalChecks: Type.Integer({ description: "Passed and failed." }),
  passedChecks: Count,
  failedChecks: Type.Integer({ description: "Without those an exception covers." }),
  score: Type.Union([Type.Integer(), Type.Null()], { description: "Null when nothing was evaluated." }),
  findings: Type.Array(BaselineFinding),
  summary: Summary,
});
export type BaselineResult = Static<typeof BaselineResult>;

export const BaselineDevice = Type.Object({
  id: Uuid,
  hostname: Type.String(),
  osType: OsType,
  status: Type.Enum(["online", "offline"]),
});

export const DeviceReport = Type.Object({
  device: BaselineDevice,
  reports: Type.Array(Type.Object({ result: BaselineResult, baseline: Baseline })),
});

/** What both a latest and an older result have. */
type Counted = Pick<
  ComplianceRow,
  | "resultId"
  | "deviceId"
  | "policyId"
  | "checkedAt"
  | "passCount"
  | "failCount"
  | "exemptedCount"
  | "errorCount"
  | "skippedCount"
  | "failedCritical"
  | "failedHigh"
  | "failedMedium"
  | "failedLow"
  | "score"
>;

/** Without its findings. */
export function presentResult(result: JudgedResult): BaselineResult {
  const { orgId, notApplicableCount, manualCount, notPortedCount } = result;
  return presentCounted(orgId, { ...result, skippedCount: notApplicableCount + manualCount + notPortedCount });
}

/** Without findings, as the overview lists hundreds of results; the device's report has them. */
export function presentCounted(orgId: string, result: Counted): BaselineResult {
  const { passCount, failCount, exemptedCount, errorCount, skippedCount } = result;
  return {
    id: result.resultId,
    orgId,
    deviceId: result.deviceId,
    baselineId: result.policyId,
    checkedAt: result.checkedAt.toISOString(),
    totalChecks: passCount + failCount,
    passedChecks: passCount,
    failedChecks: failCount,
    score: result.score === null ? null : roundScore(result.score, 0),
    findings: [],
    summary: {
      pass: passCount,
      fail: failCount + exemptedCount,
      error: errorCount,
      not_applicable: skippedCount,
      exempted: exemptedCount,
      failedBySeverity: {
        critical: result.failedCritical,
        high: result.failedHigh,
        medium: result.failedMedium,
        low: result.failedLow,
      },
    },
  };
}
