import { expectationsOf } from "@holdfast/content/expression";
import type { Check, Pack } from "@holdfast/content/pack";
import { addressesJudged, type Proof } from "@holdfast/content/proofs";
import type { FactAddress, Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import { flowYaml } from "./flow-yaml.ts";

/** Facts that proofs of a file share, by name; what stands under `_given`. */
export type GivenFacts = Map<string, Facts>;

/**
 * A check's drafted proofs as YAML list items, two spaces in. What they have in common is put under a name into `given`:
 * facts that make a condition hold under the condition's id, the check's own right states under the check's id.
 */
export function proofItems(
  check: Check,
  proofs: readonly Proof[],
  pack: Pick<Pack, "conditions">,
  given: GivenFacts,
): string {
  const names = shareFacts(check, proofs[0]?.facts ?? new Map(), pack, given);
  return proofs.map((proof) => proofItem(proof, names, given)).join("");
}

/** A named set of shared facts as YAML, two spaces in. */
export function givenItem(name: string, facts: Facts): string {
  return `  ${name}:\n${factLines(facts, "    ")}`;
}

/** Names the facts of the first proof that others repeat. */
function shareFacts(check: Check, base: Facts, pack: Pick<Pack, "conditions">, given: GivenFacts): string[] {
  const names: string[] = [];
  const left = new Map(base);
  const share = (name: string, addresses: Iterable<FactAddress>): void => {
    const facts = new Map([...addresses].flatMap((address) => entryOf(left, address)));
    const there = given.get(name);
    if (facts.size === 0 || (there !== undefined && !sameFacts(there, facts))) return;
    given.set(name, facts);
    names.push(name);
    for (const address of facts.keys()) left.delete(address);
  };
  const own = check.require === null ? [] : [...expectationsOf(check.require)];
  const ownAddresses = new Set(own.map(({ address }) => address));
  for (const id of new Set([...check.applies, ...own.flatMap(({ when }) => (when === undefined ? [] : [when]))])) {
    const condition: Check = { ...check, applies: [id], require: null };
    share(
      id,
      [...addressesJudged(condition, pack)].filter((address) => !ownAddresses.has(address)),
    );
  }
  if (left.size > 1) share(check.id, [...left.keys()]);
  return names;
}

function proofItem({ name, verdict, facts }: Proof, names: readonly string[], given: GivenFacts): string {
  const differs = (address: FactAddress, observation: Observation): boolean =>
    canonicalJson(facts.get(address) ?? null) !== canonicalJson(observation);
  // A set of which nothing is left would only confuse.
  const used = names.filter((set) => [...(given.get(set) ?? [])].some(([address, fact]) => !differs(address, fact)));
  const shared = new Map(used.flatMap((set) => [...(given.get(set) ?? [])]));
  const own = new Map(
    [...facts].filter(([address, fact]) => canonicalJson(shared.get(address) ?? null) !== canonicalJson(fact)),
  );
  const about = `name: ${flowYaml(name)}`;
  const list = used.length === 0 ? "" : `given: [${used.join(", ")}]`;
  if (own.size === 0)
    return `  - { ${[about, `verdict: ${verdict}`, list].filter((part) => part !== "").join(", ")} }\n`;
  const lines = [`  - ${about}`, `    verdict: ${verdict}`, ...(list === "" ? [] : [`    ${list}`]), "    facts:"];
  return `${lines.join("\n")}\n${factLines(own, "      ")}`;
}

function factLines(facts: Facts, indent: string): string {
  return [...facts]
    .map(([address, fact]) => {
      const value = "error" in fact ? { $error: fact.error.message } : fact.state;
      return `${indent}${flowYaml(address)}: ${flowYaml(value)}\n`;
    })
    .join("");
}

function entryOf(facts: Facts, address: FactAddress): [FactAddress, Observation][] {
  const fact = facts.get(address);
  return fact === undefined ? [] : [[address, fact]];
}

function sameFacts(a: Facts, b: Facts): boolean {
  const text = (facts: Facts) => canonicalJson(Object.fromEntries(facts));
  return text(a) === text(b);
}
