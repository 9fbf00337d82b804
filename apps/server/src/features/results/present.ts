import type { StatusCounts } from "@holdfast/contracts/finding";
import type { LatestResult } from "@holdfast/contracts/own-api";
import { roundScore } from "@holdfast/contracts/scoring";
import type { JudgedResult, Judgement } from "./queries.ts";

export function presentCounts(judgement: Judgement): StatusCounts {
  return {
    pass: judgement.passCount,
    fail: judgement.failCount,
    error: judgement.errorCount,
    not_applicable: judgement.notApplicableCount,
    manual: judgement.manualCount,
    not_ported: judgement.notPortedCount,
  };
}

export function presentResult(result: JudgedResult): LatestResult {
  return {
    resultId: result.resultId,
    policyId: result.policyId,
    policyName: result.policyName,
    checkedAt: result.checkedAt.toISOString(),
    score: result.score === null ? null : roundScore(result.score, 1),
    riskLevel: result.riskLevel,
    counts: presentCounts(result),
  };
}
