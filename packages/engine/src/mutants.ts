import { childrenOf, type Expectation, type Expression, expectationsOf } from "@holdfast/content/expression";
import type { Check } from "@holdfast/content/pack";
import { canonicalJson, type Json } from "@holdfast/contracts/json";
import { Value } from "typebox/value";
import { mutationsOf } from "./mutations.ts";
import { findResource } from "./registry.ts";

/** A check with one desired value changed, as a typing mistake would. */
export interface Mutant {
  readonly check: Check;
  /** The address whose expectation was changed. */
  readonly address: string;
  /** What was changed into what, e.g. `{"equals":"0"} → {"equals":"1"}`. */
  readonly description: string;
}

/**
 * Every mutant of a check: one mutation of one expectation's desired value each, as far as the kind's schema accepts it.
 * What a person is asked (kind `manual`) has none, since its text decides nothing.
 */
export function mutantsOf(check: Check): Mutant[] {
  if (check.require === null) return [];
  const { require } = check;
  const all = [...expectationsOf(require)];
  return all.flatMap((expectation, index) =>
    mutatedDesires(expectation)
      .filter((desired) => !isHiddenByOthers(expectation, desired, all))
      .map((desired) => ({
        check: { ...check, require: replaceExpectation(require, index, { ...expectation, desired }) },
        address: expectation.address,
        description: `${JSON.stringify(expectation.desired)} → ${JSON.stringify(desired)}`,
      })),
  );
}

function mutatedDesires({ kind, desired }: Expectation): Json[] {
  const resource = findResource(kind);
  if (resource === null || kind === "manual") return [];
  const seen = new Set([canonicalJson(desired)]);
  return mutationsOf(desired, resource.desired).filter((mutated) => {
    const text = canonicalJson(mutated);
    if (seen.has(text) || !Value.Check(resource.desired, mutated)) return false;
    seen.add(text);
    return true;
  });
}

/**
 * Whether a change to what a missing file means cannot show: "pass" and "not_applicable" are one beside other expectations,
 * and where two expectations judge one file, the other decides.
 */
function isHiddenByOthers({ address, desired }: Expectation, mutated: Json, all: readonly Expectation[]): boolean {
  const [before, after] = [ifMissing(desired), ifMissing(mutated)];
  if (before === after) return false;
  if (all.filter((other) => other.address === address).length > 1) return true;
  return all.length > 1 && before !== "fail" && after !== "fail";
}

function ifMissing(desired: Json): unknown {
  return typeof desired === "object" && desired !== null ? Reflect.get(desired, "if_missing") : undefined;
}

/** The tree with its `index`th expectation, in document order, replaced. */
function replaceExpectation(tree: Expression, index: number, by: Expectation): Expression {
  let count = -1;
  const copy = (node: Expression): Expression => {
    if ("expectation" in node) {
      count += 1;
      return count === index ? { expectation: by } : node;
    }
    const children = childrenOf(node).map(copy);
    if ("all" in node) return { all: children };
    return "any" in node ? { any: children } : { none: children };
  };
  return copy(tree);
}
