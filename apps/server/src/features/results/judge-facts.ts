import type { Pack } from "@holdfast/content/pack";
import type { Facts } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";
import { judgeCheck } from "@holdfast/engine/judge";
import { benchmarkFor, recommendationsFor } from "../policies/benchmark-for.ts";
import type { Policy } from "../policies/policy.ts";
import { valuesOf } from "../policies/site-values.ts";
import { type Judged, judgedPlaces, judgedWithoutBenchmark } from "./outcome.ts";

/** Whether the organisation has switched a recommendation off. */
export type IsSwitchedOff = (benchmark: string, number: string) => boolean;

/** Judges a device's facts by a policy. Pure. A platform without a benchmark gives one error and no score. */
export function judgeFacts(
  pack: Pack,
  policy: Policy,
  platform: Platform,
  facts: Facts,
  isSwitchedOff: IsSwitchedOff,
): Judged {
  const benchmark = benchmarkFor(pack, policy, platform);
  if (benchmark === null) return judgedWithoutBenchmark(policy);
  const evaluated = new Set(
    recommendationsFor(benchmark, policy)
      .map(({ number }) => number)
      .filter((number) => !isSwitchedOff(benchmark.id, number)),
  );
  const context = { facts, conditions: pack.conditions, parameters: valuesOf(policy) };
  const places = benchmark.recommendations.map(({ number, check: checkId }) => {
    const check = pack.checks.get(checkId);
    if (check === undefined) throw new RangeError(`the pack has no check "${checkId}" (recommendation ${number})`);
    const { severity } = check;
    if (!evaluated.has(number)) return { number, severity, status: null };
    const { verdict: status } = judgeCheck(check, context);
    return { number, severity, status };
  });
  return judgedPlaces(benchmark, places, policy);
}
