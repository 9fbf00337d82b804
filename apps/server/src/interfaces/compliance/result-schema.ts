import { RiskLevel } from "@holdfast/contracts/own-api";
import { Severity } from "@holdfast/contracts/severity";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { type Static, Type } from "typebox";
import { checkUuid, uuidOf } from "../../features/results/check-uuid.ts";
import type { ResultFindings } from "../../features/results/list-device-findings.ts";
import type { HistoryPoint } from "../../features/results/list-history.ts";
import type { JudgedResult } from "../../features/results/queries.ts";
import { presentScoreValue, ResultStatus, Score, Time, Uuid } from "./vocabulary.ts";

const Value = Type.Unknown({ description: "What the check read or wanted, as far as it can be said." });

export const ComplianceResult = Type.Object({
  id: Uuid,
  check_id: Uuid,
  policy_id: Uuid,
  status: ResultStatus,
  actual_value: Value,
  expected_value: Value,
  severity: Severity,
  checked_at: Time,
  message: Type.String(),
  source: Type.String({ description: '"agent", or the scanner that an imported result came from.' }),
  check: Type.Object({ cis_id: Type.String(), cis_title: Type.String(), category: Type.String() }),
});
export type ComplianceResult = Static<typeof ComplianceResult>;

export const AgentScore = Type.Object({
  score: Score,
  risk_level: Type.Union([RiskLevel, Type.Null()]),
  passed_checks: Type.Integer(),
  failed_checks: Type.Integer(),
  skipped_checks: Type.Integer(),
  exempted_checks: Type.Integer(),
  error_checks: Type.Integer(),
  total_checks: Type.Integer(),
  critical_failed: Type.Integer(),
  high_failed: Type.Integer(),
  medium_failed: Type.Integer(),
  low_failed: Type.Integer(),
  last_checked_at: Type.Union([Time, Type.Null()]),
});
export type AgentScore = Static<typeof AgentScore>;

export const HistoryItem = Type.Object({
  recorded_at: Time,
  score: Score,
  risk_level: Type.Union([RiskLevel, Type.Null()]),
  passed_checks: Type.Integer(),
  failed_checks: Type.Integer(),
});

export function presentHistoryPoint(point: HistoryPoint): Static<typeof HistoryItem> {
  return {
    recorded_at: point.checkedAt.toISOString(),
    score: presentScoreValue(point.score),
    risk_level: point.riskLevel,
    passed_checks: point.passCount,
    failed_checks: point.failCount,
  };
}

const statusWord: Readonly<Record<FindingStatus, ComplianceResult["status"]>> = {
  pass: "passed",
  fail: "failed",
  error: "error",
  not_applicable: "skipped",
  manual: "skipped",
  not_ported: "skipped",
};

/** One item per finding. */
export function presentResults({ result, benchmark, findings }: ResultFindings): ComplianceResult[] {
  return findings.map(({ finding, check, exception, imported }) => ({
    id: uuidOf(`finding\n${result.resultId}\n${finding.checkId}`),
    check_id: checkUuid(result.orgId, benchmark?.id ?? "", finding.checkId),
    policy_id: result.policyId,
    status: exception === null ? statusWord[finding.status] : "exempted",
    ...(imported === null
      ? {
          actual_value: { value: finding.evidence.actual, source: finding.evidence.source },
          expected_value: { value: finding.evidence.expected },
        }
      : { actual_value: imported.evidence ?? null, expected_value: null }),
    severity: finding.severity,
    checked_at: result.checkedAt.toISOString(),
    message: finding.message,
    source: result.source ?? "agent",
    check: { cis_id: finding.checkId, cis_title: finding.title, category: check?.category ?? "" },
  }));
}

/** Never scanned: nothing counted, no score. */
export function presentScore(result: JudgedResult | null): AgentScore {
  const passed = result?.passCount ?? 0;
  const failed = result?.failCount ?? 0;
  const error = result?.errorCount ?? 0;
  const skipped = result === null ? 0 : result.notApplicableCount + result.manualCount + result.notPortedCount;
  const exempted = result?.exemptedCount ?? 0;
  return {
    score: presentScoreValue(result?.score ?? null),
    risk_level: result?.riskLevel ?? null,
    passed_checks: passed,
    failed_checks: failed,
    skipped_checks: skipped,
    exempted_checks: exempted,
    error_checks: error,
    total_checks: passed + failed + skipped + exempted + error,
    critical_failed: result?.failedCritical ?? 0,
    high_failed: result?.failedHigh ?? 0,
    medium_failed: result?.failedMedium ?? 0,
    low_failed: result?.failedLow ?? 0,
    last_checked_at: result?.checkedAt.toISOString() ?? null,
  };
}
