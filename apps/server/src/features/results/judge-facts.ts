import { createHash } from "node:crypto";
import type { Benchmark, Pack } from "@holdfast/content/pack";
import type { Facts } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Platform } from "@holdfast/contracts/platform";
import { countFailed, countStatuses, riskLevel, type Scorable, score } from "@holdfast/contracts/scoring";
import { statusCode } from "@holdfast/contracts/verdict";
import { judgeCheck } from "@holdfast/engine/judge";
import type { Insertable } from "kysely";
import type { BenchmarkLayoutTable, JudgementTable } from "../../db/schema.ts";
import { benchmarkFor, recommendationsFor } from "../policies/benchmark-for.ts";
import type { Policy } from "../policies/policy.ts";

/** Where the profile, the level or an exclusion leaves a recommendation out. */
export const leftOut = -1;

/** What judging gives, less the keys it is stored under. */
export type Judged = Omit<
  Insertable<JudgementTable>,
  "orgId" | "factSetId" | "policyId" | "policyRevision" | "contentDigest" | "layoutId"
> & { readonly layout: Insertable<BenchmarkLayoutTable> | null };

/** Judges a device's facts by a policy. Pure. A platform without a benchmark gives one error and no score. */
export function judgeFacts(pack: Pack, policy: Policy, platform: Platform, facts: Facts): Judged {
  const benchmark = benchmarkFor(pack, policy, platform);
  const common = { level: policy.level, profile: policy.profile, scoring: policy.scoring };
  if (benchmark === null) {
    const outcome = {
      statuses: [],
      ...countsOf([{ status: "error", severity: "high" }]),
      score: null,
      riskLevel: null,
    };
    return { ...common, ...outcome, layout: null };
  }
  const evaluated = new Map(
    recommendationsFor(benchmark, policy).map(({ number, check: checkId }) => {
      const check = pack.checks.get(checkId);
      if (check === undefined) throw new RangeError(`the pack has no check "${checkId}" (recommendation ${number})`);
      const { verdict: status } = judgeCheck(check, { facts, conditions: pack.conditions });
      return [number, { status, severity: check.severity }] as const;
    }),
  );
  const findings = [...evaluated.values()];
  const value = score(findings, policy.scoring);
  return {
    ...common,
    layout: layoutOf(benchmark),
    statuses: benchmark.recommendations.map(({ number }) => {
      const finding = evaluated.get(number);
      return finding === undefined ? leftOut : statusCode[finding.status];
    }),
    ...countsOf(findings),
    score: value,
    riskLevel: riskLevel(value, countFailed(findings, "critical")),
  };
}

function countsOf(findings: readonly Scorable[]) {
  const counts = countStatuses(findings);
  return {
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
  };
}

function layoutOf({ id, version, title, recommendations }: Benchmark): Insertable<BenchmarkLayoutTable> {
  const numbers = recommendations.map(({ number }) => number);
  const digest = createHash("sha256").update(canonicalJson({ id, version, title, numbers })).digest();
  return { digest, benchmark: id, version, title, numbers };
}
