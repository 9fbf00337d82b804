import type { Benchmark, Pack } from "@holdfast/content/pack";
import type { Proofs } from "@holdfast/content/proofs";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import type { FindingStatus, Verdict } from "@holdfast/contracts/verdict";
import { findingsOf } from "@holdfast/engine/findings";
import { chooseFacts } from "./choose-facts.ts";
import { complyingFacts } from "./complying-facts.ts";
import { type TestableBenchmark, testableBenchmark } from "./testable-benchmark.ts";

export type WantedVerdicts = Readonly<Record<string, Verdict>>;
/** Facts with the wanted verdicts; or the numbers that cannot have theirs, at least not together. */
export type Changed = { readonly facts: Facts } | { readonly impossible: readonly string[] };

/** Facts for simulated devices, taken from the proofs of the content. Made once and shared: devices differ by few facts. */
export interface FactSource {
  /** Facts with which nothing fails. @param benchmark null or not ours: no facts. */
  complying(benchmark: string | null): Facts;
  /** Those of the device with an index: some checks fail, on each device others, always the same. */
  ofDevice(benchmark: string | null, index: number): Facts;
  /** The facts changed so that recommendations have verdicts, by number, and the rest as it was as far as can be. */
  changed(benchmark: string | null, facts: Facts, wanted: WantedVerdicts): Changed;
}

interface Model {
  readonly benchmark: Benchmark;
  readonly testable: TestableBenchmark;
  readonly complying: Facts;
  /** Facts that make one recommendation fail and touch no other. */
  readonly failures: readonly ReadonlyMap<FactAddress, Observation>[];
}

export function factSource(pack: Pack, proofs: Proofs): FactSource {
  const models = new Map<string, Model | null>();
  const modelOf = (reference: string | null): Model | null => {
    if (reference === null) return null;
    let model = models.get(reference);
    if (model === undefined) {
      const benchmark = findBenchmark(pack, reference);
      model = benchmark === null ? null : makeModel(pack, benchmark, proofs);
      models.set(reference, model);
    }
    return model;
  };
  return {
    complying: (reference) => modelOf(reference)?.complying ?? new Map(),
    ofDevice(reference, index) {
      const model = modelOf(reference);
      if (model === null) return new Map();
      const failing = model.failures.filter((_, place) => fails(index, place));
      return new Map([...model.complying, ...failing.flatMap((change) => [...change])]);
    },
    changed(reference, facts, wanted) {
      const model = modelOf(reference);
      const numbers = Object.keys(wanted);
      if (model === null) return numbers.length === 0 ? { facts } : { impossible: numbers };
      return change(pack, model, facts, wanted);
    },
  };
}

function makeModel(pack: Pack, benchmark: Benchmark, proofs: Proofs): Model {
  const testable = testableBenchmark(pack, benchmark, proofs);
  const complying = complyingFacts(testable);
  return { benchmark, testable, complying, failures: failuresOf(testable, complying) };
}

function change(pack: Pack, { benchmark, testable }: Model, facts: Facts, wanted: WantedVerdicts): Changed {
  const goals = new Map<number, FindingStatus>();
  const impossible: string[] = [];
  for (const [number, verdict] of Object.entries(wanted)) {
    const place = testable.placeOf.get(number);
    if (place === undefined) impossible.push(number);
    else goals.set(place, verdict);
  }
  const before = testable.places.map((_, place) => testable.judge(place, facts));
  const cost = (place: number, status: FindingStatus): number =>
    status === before[place] ? 0 : status === "error" ? 2 : 1;
  const chosen = chooseFacts(testable, facts, { wanted: goals, cost });
  impossible.push(...chosen.unmet.flatMap((place) => testable.places[place]?.number ?? []));
  if (impossible.length > 0) return { impossible };
  // As the server will judge it, from nothing but the facts.
  const missed = findingsOf(pack, benchmark.recommendations, chosen.facts).filter(
    ({ checkId, status }) => wanted[checkId] !== undefined && wanted[checkId] !== status,
  );
  return missed.length > 0 ? { impossible: missed.map(({ checkId }) => checkId) } : { facts: chosen.facts };
}

function failuresOf(testable: TestableBenchmark, complying: Facts): ReadonlyMap<FactAddress, Observation>[] {
  return testable.places.flatMap(({ proofs, own }, place) => {
    const alone = new Set(own.filter((address) => testable.placesAt(address).length === 1));
    const failures = proofs
      .filter(({ verdict }) => verdict === "fail")
      .map(({ facts }) => new Map([...facts].filter(([address]) => alone.has(address))))
      .filter((failure) => testable.judge(place, new Map([...complying, ...failure])) === "fail");
    const fixable = failures.find((failure) => testable.hasPlan(place, new Map([...complying, ...failure])));
    return fixable ?? failures[0] ?? [];
  });
}

/** From 2 in a hundred checks on some devices to 20 on others. */
function fails(index: number, place: number): boolean {
  const share = 2 + (scrambled(index) % 19);
  return scrambled(index * 1_009 + place) % 100 < share;
}

/** A number that looks random, always the same for the same number (a multiplicative hash). */
function scrambled(value: number): number {
  let mixed = Math.imul(value ^ 0x9e3779b9, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
