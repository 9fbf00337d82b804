import { expectationsOf } from "@holdfast/content/expression";
import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import { addressesJudged, type Proof, type Proofs } from "@holdfast/content/proofs";
import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { judgeCheck } from "@holdfast/engine/judge";
import { planCheck } from "@holdfast/engine/plan";

/** A recommendation with what its verdict depends on, and facts that are known to give verdicts. */
export interface Place {
  readonly number: string;
  readonly check: Check;
  /** Addresses of the check's own expectations. */
  readonly own: readonly FactAddress[];
  /** Those, then the ones that only decide whether it applies. */
  readonly addresses: readonly FactAddress[];
  readonly proofs: readonly Proof[];
}

/** A benchmark's recommendations beside the proofs of their checks: what facts for wanted verdicts are chosen from. */
export interface TestableBenchmark {
  readonly places: readonly Place[];
  readonly placeOf: ReadonlyMap<string, number>;
  /** The places that look at an address. */
  placesAt(address: FactAddress): readonly number[];
  /** Everything that any proof shows at an address, each once. */
  observationsAt(address: FactAddress): readonly Observation[];
  judge(place: number, facts: Facts): FindingStatus;
  /** Whether there is a plan that makes the place pass from these facts. */
  hasPlan(place: number, facts: Facts): boolean;
  /** Whether any failure that its proofs show has one. */
  canHavePlan(place: number): boolean;
}

export function testableBenchmark(pack: Pack, benchmark: Benchmark, proofs: Proofs): TestableBenchmark {
  const { interned, observations } = intern(proofs);
  const places = benchmark.recommendations.map(({ number, check: checkId }): Place => {
    const check = pack.checks.get(checkId);
    if (check === undefined) throw new RangeError(`the pack has no check "${checkId}" (recommendation ${number})`);
    const own = check.require === null ? [] : [...expectationsOf(check.require)].map(({ address }) => address);
    const addresses = new Set([...own, ...addressesJudged(check, pack)]);
    return { number, check, own: [...new Set(own)], addresses: [...addresses], proofs: interned.get(checkId) ?? [] };
  });
  const placesAt = new Map<FactAddress, number[]>();
  for (const [index, { addresses }] of places.entries()) {
    for (const address of addresses) listAt(placesAt, address).push(index);
  }
  const at = (index: number): Place => {
    const place = places[index];
    if (place === undefined) throw new RangeError(`no place ${index}`);
    return place;
  };
  const { conditions } = pack;
  const hasPlan = (index: number, facts: Facts): boolean => {
    const plan = planCheck(at(index).check, { facts, conditions });
    return !("none" in plan) && plan.changes.length > 0;
  };
  const canHavePlan = places.map((place, index) => {
    let known: boolean | null = null;
    return (): boolean => {
      known ??= place.proofs.some(({ verdict, facts }) => verdict === "fail" && hasPlan(index, facts));
      return known;
    };
  });
  return {
    places,
    placeOf: new Map(places.map(({ number }, index) => [number, index])),
    placesAt: (address) => placesAt.get(address) ?? [],
    observationsAt: (address) => observations.get(address) ?? [],
    judge: (index, facts) => judgeCheck(at(index).check, { facts, conditions }).verdict,
    hasPlan,
    canHavePlan: (index) => canHavePlan[index]?.() ?? false,
  };
}

/** The same proofs with equal observations made one object, so that they can be told apart by identity; and those, by address. */
function intern(proofs: Proofs): {
  readonly interned: Proofs;
  readonly observations: ReadonlyMap<FactAddress, readonly Observation[]>;
} {
  const observations = new Map<FactAddress, Observation[]>();
  const known = new Map<string, Observation>();
  const one = (address: FactAddress, observation: Observation): Observation => {
    const key = `${address}\n${canonicalJson(observation)}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, observation);
    listAt(observations, address).push(observation);
    return observation;
  };
  const interned = new Map(
    [...proofs].map(([id, list]) => [
      id,
      list.map((proof): Proof => {
        const facts = [...proof.facts].map(([address, seen]): [FactAddress, Observation] => [
          address,
          one(address, seen),
        ]);
        return { ...proof, facts: new Map(facts) };
      }),
    ]),
  );
  return { interned, observations };
}

function listAt<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
