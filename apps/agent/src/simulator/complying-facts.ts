import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { blends } from "./blended-states.ts";
import { type Goals, positionOf, settle } from "./choose-facts.ts";
import type { TestableBenchmark } from "./testable-benchmark.ts";

const costs: Readonly<Record<FindingStatus, number>> = {
  pass: 0,
  manual: 1,
  not_applicable: 2,
  not_ported: 0,
  fail: 1000,
  error: 2000,
};

/**
 * Facts with which as much of a benchmark passes as can at once: of what excludes each other (one of several firewalls,
 * one of several time daemons) one passes and the others do not apply. Nothing fails or cannot be read.
 */
export function complyingFacts(benchmark: TestableBenchmark): Facts {
  const goals: Goals = { wanted: new Map(), cost: (_, status) => costs[status] };
  const usual = usualFacts(benchmark);
  uniteShared(benchmark, usual);
  return settle(benchmark, goals, positionOf(benchmark, goals, usual)).facts;
}

/**
 * A fact that many checks look at begins as everything that any of them wants at once (all audit rules, all lines of a
 * PAM stack) where that is better for them: settling it one check at a time takes long.
 */
function uniteShared(benchmark: TestableBenchmark, facts: Map<FactAddress, Observation>): void {
  for (const [address, usual] of facts) {
    const looking = benchmark.placesAt(address);
    if (looking.length < 3) continue;
    const costNow = (): number => looking.reduce((sum, place) => sum + costs[benchmark.judge(place, facts)], 0);
    const cost = costNow();
    if (cost > 0) facts.set(address, united(benchmark, address, usual));
    if (costNow() >= cost) facts.set(address, usual);
  }
}

function united({ places, placesAt }: TestableBenchmark, address: FactAddress, usual: Observation): Observation {
  const wanted = placesAt(address).flatMap((place) => places[place]?.proofs ?? []);
  return wanted.reduce((sum, { verdict, facts }) => {
    const other = verdict === "pass" ? facts.get(address) : undefined;
    const [both] = other === undefined ? [] : blends(sum, other);
    return both ?? sum;
  }, usual);
}

/** At each address what the most passing proofs show. */
function usualFacts({ places }: TestableBenchmark): Map<FactAddress, Observation> {
  const counts = new Map<FactAddress, Map<string, { readonly observation: Observation; count: number }>>();
  for (const { proofs, addresses } of places) {
    const looked = new Set(addresses);
    const good = proofs.filter(({ verdict }) => verdict === "pass");
    for (const { facts } of good.length > 0 ? good : proofs) {
      for (const [address, observation] of facts) {
        if (!looked.has(address)) continue;
        const shown = counts.get(address) ?? new Map();
        counts.set(address, shown);
        const key = canonicalJson(observation);
        shown.set(key, { observation, count: (shown.get(key)?.count ?? 0) + 1 });
      }
    }
  }
  return new Map(
    [...counts].flatMap(([address, shown]): [FactAddress, Observation][] => {
      const [most] = [...shown.values()].sort((a, b) => b.count - a.count);
      return most === undefined ? [] : [[address, most.observation]];
    }),
  );
}
