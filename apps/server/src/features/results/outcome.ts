import { createHash } from "node:crypto";
import { canonicalJson } from "@holdfast/contracts/json";
import {
  countFailed,
  countStatuses,
  riskLevel,
  type Scorable,
  score,
  severityWeight,
} from "@holdfast/contracts/scoring";
import { type Severity, severities } from "@holdfast/contracts/severity";
import { statusCode } from "@holdfast/contracts/verdict";
import type { Insertable, Selectable } from "kysely";
import type { BenchmarkLayoutTable, JudgementTable } from "../../db/schema.ts";
import type { Policy } from "../policies/policy.ts";

/** Where the profile, the level or an exclusion leaves a recommendation out. */
export const leftOut = -1;

/** What judging gives, less the keys it is stored under. */
export type Judged = Omit<
  Selectable<JudgementTable>,
  | "id"
  | "createdAt"
  | "orgId"
  | "factSetId"
  | "importedResultId"
  | "policyId"
  | "policyRevision"
  | "contentDigest"
  | "layoutId"
  | "parameters"
> & { readonly layout: Insertable<BenchmarkLayoutTable> | null };

/** One place of a layout: its number and severity, and what was found there; null when it is left out. */
export interface Place {
  readonly number: string;
  readonly severity: Severity;
  readonly status: Scorable["status"] | null;
}

/** Counts, score and vectors of what was found, place by place. */
export function judgedPlaces(
  benchmark: { readonly id: string; readonly version: string; readonly title: string },
  places: readonly Place[],
  policy: Pick<Policy, "level" | "profile" | "scoring">,
): Judged {
  const findings = places.flatMap(({ status, severity }) => (status === null ? [] : [{ status, severity }]));
  return {
    ...summed(findings, policy),
    layout: layoutOf(benchmark, places),
    statuses: places.map(({ status }) => (status === null ? leftOut : statusCode[status])),
    failing: bits(places, ({ status }) => status === "fail"),
  };
}

/** Of a device that no benchmark is written for: one error, no score. */
export function judgedWithoutBenchmark(policy: Pick<Policy, "level" | "profile" | "scoring">): Judged {
  return { ...summed([{ status: "error", severity: "high" }], policy), layout: null, statuses: [], failing: "" };
}

function summed(
  findings: readonly Scorable[],
  { level, profile, scoring }: Pick<Policy, "level" | "profile" | "scoring">,
) {
  const counts = countStatuses(findings);
  const value = score(findings, scoring);
  const weightOf = (wanted: Scorable["status"]): number =>
    findings.reduce(
      (sum, { status, severity }) =>
        status === wanted ? sum + (scoring === "weighted" ? severityWeight[severity] : 1) : sum,
      0,
    );
  return {
    level,
    profile,
    scoring,
    passCount: counts.pass,
    failCount: counts.fail,
    errorCount: counts.error,
    notApplicableCount: counts.not_applicable,
    manualCount: counts.manual,
    notPortedCount: counts.not_ported,
    failedCritical: countFailed(findings, "critical"),
    failedHigh: countFailed(findings, "high"),
    failedMedium: countFailed(findings, "medium"),
    failedLow: countFailed(findings, "low"),
    passedWeight: weightOf("pass"),
    failedWeight: weightOf("fail"),
    score: value,
    riskLevel: riskLevel(value, countFailed(findings, "critical")),
  };
}

function layoutOf(
  { id, version, title }: { readonly id: string; readonly version: string; readonly title: string },
  places: readonly Place[],
): Insertable<BenchmarkLayoutTable> {
  const numbers = places.map(({ number }) => number);
  const ofSeverity = Object.fromEntries(
    severities.map((severity) => [severity, bits(places, (place) => place.severity === severity)]),
  ) as Record<Severity, string>;
  const digest = createHash("sha256").update(canonicalJson({ id, version, title, numbers, ofSeverity })).digest();
  return { digest, benchmark: id, version, title, numbers, ...ofSeverity };
}

/** "0" and "1", one per place. */
function bits(places: readonly Place[], holds: (place: Place) => boolean): string {
  return places.map((place) => (holds(place) ? "1" : "0")).join("");
}
