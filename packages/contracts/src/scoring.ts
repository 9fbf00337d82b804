import type { StatusCounts } from "./finding.ts";
import type { Severity } from "./severity.ts";
import { type FindingStatus, findingStatuses } from "./verdict.ts";

export type Scoring = "weighted" | "flat";
export const riskLevels = ["low", "medium", "high", "critical"] as const;
export type RiskLevel = (typeof riskLevels)[number];

/** What scoring needs of a finding. `exempted`: an exception is in force, so it counts in neither sum. */
export interface Scorable {
  readonly status: FindingStatus;
  readonly severity: Severity;
  readonly exempted?: boolean;
}

/** What a failed or passed check of a severity weighs when scoring is weighted. */
export const severityWeight: Readonly<Record<Severity, number>> = { critical: 10, high: 5, medium: 3, low: 1 };

/**
 * `100 × passed / (passed + failed)`, weighted or flat, unrounded; null when nothing was evaluated.
 * Only `pass` and `fail` count: error, manual, not applicable, not ported and exempted findings are in neither sum.
 */
export function score(findings: Iterable<Scorable>, scoring: Scoring): number | null {
  let passed = 0;
  let failed = 0;
  for (const { status, severity, exempted } of findings) {
    if (exempted) continue;
    const weight = scoring === "weighted" ? severityWeight[severity] : 1;
    if (status === "pass") passed += weight;
    else if (status === "fail") failed += weight;
  }
  return passed + failed === 0 ? null : (100 * passed) / (passed + failed);
}

/** The lowest score of each risk level. */
export interface RiskThresholds {
  readonly low: number;
  readonly medium: number;
  readonly high: number;
}
export const defaultRiskThresholds: RiskThresholds = { low: 90, medium: 75, high: 50 };

/** Risk from the score; one open critical failure makes it at least `high`. Null when nothing was evaluated. */
export function riskLevel(
  scoreValue: number | null,
  openCritical: number,
  thresholds: RiskThresholds = defaultRiskThresholds,
): RiskLevel | null {
  if (scoreValue === null) return null;
  const byScore: RiskLevel =
    scoreValue >= thresholds.low
      ? "low"
      : scoreValue >= thresholds.medium
        ? "medium"
        : scoreValue >= thresholds.high
          ? "high"
          : "critical";
  return openCritical > 0 && (byScore === "low" || byScore === "medium") ? "high" : byScore;
}

/** Rounds half up to `digits` decimals. */
export function roundScore(value: number, digits: 0 | 1): number {
  const factor = 10 ** digits;
  return Math.floor(value * factor + 0.5) / factor;
}

export function countStatuses(findings: Iterable<{ readonly status: FindingStatus }>): StatusCounts {
  const counts = Object.fromEntries(findingStatuses.map((status) => [status, 0])) as Record<FindingStatus, number>;
  for (const { status } of findings) counts[status] += 1;
  return counts;
}

/** Open failures of one severity. */
export function countFailed(findings: Iterable<Scorable>, severity: Severity): number {
  let count = 0;
  for (const finding of findings) {
    if (finding.status === "fail" && !finding.exempted && finding.severity === severity) count += 1;
  }
  return count;
}
