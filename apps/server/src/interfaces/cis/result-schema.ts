import { OsType } from "@holdfast/contracts/platform";
import { roundScore } from "@holdfast/contracts/scoring";
import { Severity } from "@holdfast/contracts/severity";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { type Static, Type } from "typebox";
import type { JudgedResult } from "../../features/results/queries.ts";
import type { ReadFinding } from "../../features/results/read-findings.ts";
import { Baseline } from "./baseline-schema.ts";

const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const BaselineStatus = Type.Enum(["pass", "fail", "not_applicable", "error"]);

export const BaselineFinding = Type.Object({
  checkId: Type.String(),
  title: Type.String(),
  severity: Severity,
  status: BaselineStatus,
  evidence: Type.Unknown({ description: "What was expected, what was found and where." }),
  remediation: Type.Object({ action: Type.String() }),
  message: Type.String(),
});
type BaselineFinding = Static<typeof BaselineFinding>;

const Count = Type.Integer();
const Summary = Type.Object({
  pass: Count,
  fail: Count,
  error: Count,
  not_applicable: Count,
  failedBySeverity: Type.Object({ critical: Count, high: Count, medium: Count, low: Count }),
});

export const BaselineResult = Type.Object({
  id: Uuid,
  orgId: Uuid,
  deviceId: Uuid,
  baselineId: Uuid,
  checkedAt: Time,
  totalChecks: Count,
  passedChecks: Count,
  failedChecks: Count,
  score: Type.Union([Type.Integer(), Type.Null()]),
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

const statusWord: Readonly<Record<FindingStatus, BaselineFinding["status"]>> = {
  pass: "pass",
  fail: "fail",
  error: "error",
  not_applicable: "not_applicable",
  manual: "not_applicable",
  not_ported: "not_applicable",
};

export function presentBaselineResult(result: JudgedResult, findings: readonly ReadFinding[]): BaselineResult {
  const { passCount, failCount, errorCount, notApplicableCount, manualCount, notPortedCount } = result;
  return {
    id: result.resultId,
    orgId: result.orgId,
    deviceId: result.deviceId,
    baselineId: result.policyId,
    checkedAt: result.checkedAt.toISOString(),
    totalChecks: passCount + failCount,
    passedChecks: passCount,
    failedChecks: failCount,
    score: result.score === null ? null : roundScore(result.score, 0),
    findings: findings.map(presentFinding),
    summary: {
      pass: passCount,
      fail: failCount,
      error: errorCount,
      not_applicable: notApplicableCount + manualCount + notPortedCount,
      failedBySeverity: {
        critical: result.failedCritical,
        high: result.failedHigh,
        medium: result.failedMedium,
        low: result.failedLow,
      },
    },
  };
}

function presentFinding({ finding }: ReadFinding): BaselineFinding {
  const { checkId, title, severity, status, evidence, remediation, message } = finding;
  return {
    checkId,
    title,
    severity,
    status: statusWord[status],
    evidence,
    remediation: { action: remediation },
    message: status === "manual" ? "manual" : message,
  };
}
