import type { Pack, Recommendation } from "@holdfast/content/pack";
import type { ParameterValues } from "@holdfast/content/parameter";
import type { FactAddress, Facts } from "@holdfast/contracts/fact";
import type { Evidence, Finding } from "@holdfast/contracts/finding";
import { type CheckResult, type JudgeContext, judgeCheck } from "./judge.ts";

/**
 * Judges recommendations on facts, one finding each, in their order. Pure.
 *
 * @param parameters what the policy sets; the pack's defaults count for the rest.
 * @param costMs what reading each fact took; leave it out for stored or replayed facts.
 */
export function findingsOf(
  pack: Pack,
  recommendations: readonly Recommendation[],
  facts: Facts,
  costMs: ReadonlyMap<FactAddress, number> = new Map(),
  parameters: ParameterValues = new Map(),
): Finding[] {
  const context: JudgeContext = { facts, conditions: pack.conditions, parameters };
  return recommendations.map((recommendation) => findingOf(pack, recommendation, context, costMs));
}

function findingOf(
  pack: Pack,
  { number, check: checkId }: Recommendation,
  context: JudgeContext,
  costMs: ReadonlyMap<FactAddress, number>,
): Finding {
  const check = pack.checks.get(checkId);
  if (check === undefined) throw new RangeError(`the pack has no check "${checkId}" (recommendation ${number})`);
  const result = judgeCheck(check, context);
  const ms = result.evidence.reduce((sum, { address }) => sum + (costMs.get(address) ?? 0), 0);
  return {
    checkId: number,
    title: check.title,
    severity: check.severity,
    status: result.verdict,
    evidence: { ...summed(result), details: [...result.evidence] },
    message: result.message,
    remediation: check.remediation,
    ms: Math.round(ms * 100) / 100,
  };
}

function summed({ evidence }: CheckResult): { expected: string; actual: string; source: string | null } {
  const sources = distinct(evidence, (item) => item.source ?? "");
  return {
    expected: distinct(evidence, (item) => item.expected).join("; "),
    actual: distinct(evidence, (item) => item.actual).join("; "),
    source: sources.length === 0 ? null : sources.join("; "),
  };
}

function distinct(evidence: readonly Evidence[], text: (item: Evidence) => string): string[] {
  return [...new Set(evidence.map(text).filter((value) => value !== ""))];
}
