import type { Check, Condition } from "@holdfast/content/pack";
import type { Proof } from "@holdfast/content/proofs";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Mutant } from "../mutants.ts";
import { kills, missingVerdicts, survivingMutants } from "../prove.ts";
import type { Drafted } from "./proof-pool.ts";

/** The wanted ones, then, one by one, the one that catches most of the mutants left. */
export function chooseProofs(
  check: Check,
  existing: readonly Proof[],
  pool: readonly Drafted[],
  conditions: ReadonlyMap<string, Condition>,
): Proof[] {
  const wanted = existing.length === 0 ? pool.filter(({ isWanted }) => isWanted) : [];
  const chosen = distinctFacts(wanted);
  const lacks = () => missingVerdicts(check, [...existing, ...chosen]);
  for (const verdict of lacks()) {
    const showing = pool.find((proof) => proof.verdict === verdict);
    if (showing !== undefined && !chosen.includes(showing)) chosen.push(showing);
  }
  let left: readonly Mutant[] = survivingMutants(check, [...existing, ...chosen], conditions);
  while (left.length > 0) {
    const caught = pool.map((proof) => left.filter((mutant) => kills(proof, mutant, conditions)).length);
    const most = Math.max(0, ...caught);
    const best = pool[caught.indexOf(most)];
    if (most === 0 || best === undefined) break;
    chosen.push(best);
    left = left.filter((mutant) => !kills(best, mutant, conditions));
  }
  const inPoolOrder = pool.filter((proof) => chosen.includes(proof));
  return withDistinctNames(inPoolOrder, existing);
}

function distinctFacts(proofs: readonly Drafted[]): Drafted[] {
  const seen = new Set<string>();
  return proofs.filter(({ facts }) => {
    const text = canonicalJson([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

function withDistinctNames(proofs: readonly Proof[], existing: readonly Proof[]): Proof[] {
  const taken = new Set(existing.map(({ name }) => name));
  return proofs.map(({ name, verdict, facts }) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name} (${count})`;
    taken.add(unique);
    return { name: unique, verdict, facts };
  });
}
