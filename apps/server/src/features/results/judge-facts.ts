import type { Benchmark, Pack } from "@holdfast/content/pack";
import type { FactAddress, Facts } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";
import { statusFromCode } from "@holdfast/contracts/verdict";
import { checksReading } from "@holdfast/engine/fact-requests";
import { judgeCheck } from "@holdfast/engine/judge";
import { benchmarkFor, recommendationsFor } from "../policies/benchmark-for.ts";
import type { Policy } from "../policies/policy.ts";
import { valuesOf } from "../policies/site-values.ts";
import { type Judged, judgedPlaces, judgedWithoutBenchmark, leftOut, type Place } from "./outcome.ts";

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
  const judge = judgeOf(pack, policy, facts);
  const places = placesOf(pack, benchmark, (number, check) => (evaluated.has(number) ? judge(check) : null));
  return judgedPlaces(benchmark, places, policy);
}

export interface FactChanges {
  /** What was said before, as stored, in the order of the benchmark. */
  readonly statuses: readonly number[];
  /** Where the facts differ from those it was said of. */
  readonly changed: readonly FactAddress[];
  /** At least all that the checks look at which look at a changed one. */
  readonly facts: Facts;
}

/**
 * What judgeFacts would give, where the same policy has judged other facts of the same platform by the same content: only
 * the checks that look at a changed fact are judged. Pure.
 */
export function judgeChanges(
  pack: Pack,
  policy: Policy,
  platform: Platform,
  { statuses, changed, facts }: FactChanges,
): Judged {
  const benchmark = benchmarkFor(pack, policy, platform);
  if (benchmark === null) return judgedWithoutBenchmark(policy);
  const affected = checksReading(pack, changed);
  const judge = judgeOf(pack, policy, facts);
  const places = placesOf(pack, benchmark, (_, check, place) => {
    const code = statuses[place] ?? leftOut;
    if (code === leftOut) return null;
    return affected.has(check) ? judge(check) : statusFromCode(code);
  });
  return judgedPlaces(benchmark, places, policy);
}

function judgeOf(pack: Pack, policy: Policy, facts: Facts): (checkId: string) => Place["status"] {
  const context = { facts, conditions: pack.conditions, parameters: valuesOf(policy) };
  return (checkId) => judgeCheck(checkIn(pack, checkId), context).verdict;
}

function placesOf(
  pack: Pack,
  { recommendations }: Benchmark,
  statusOf: (number: string, checkId: string, place: number) => Place["status"],
): Place[] {
  return recommendations.map(({ number, check }, place) => {
    const { severity } = checkIn(pack, check);
    return { number, severity, status: statusOf(number, check, place) };
  });
}

function checkIn(pack: Pack, checkId: string) {
  const check = pack.checks.get(checkId);
  if (check === undefined) throw new RangeError(`the pack has no check "${checkId}"`);
  return check;
}
