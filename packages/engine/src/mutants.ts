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
 * Every mutant of a check: one mutation of one expectation's desired value each, as far as the kind's schema accepts it;
 * then each member of a group left out, and `all` and `any` exchanged. What a person is asked (kind `manual`) is never
 * changed, since its text decides nothing.
 */
export function mutantsOf(check: Check): Mutant[] {
  if (check.require === null) return [];
  const { require } = check;
  const all = [...expectationsOf(require)];
  const changed = all.flatMap((expectation, index) =>
    mutatedDesires(expectation)
      .filter((desired) => !isHiddenByOthers(expectation, desired, all))
      .map((desired) => ({
        check: { ...check, require: replaceExpectation(require, index, { ...expectation, desired }) },
        address: expectation.address,
        description: `${JSON.stringify(expectation.desired)} → ${JSON.stringify(desired)}`,
      })),
  );
  const regrouped = regroupings(require).map(({ tree, address, description }) => ({
    check: { ...check, require: tree },
    address,
    description,
  }));
  return [...changed, ...regrouped];
}

interface Regrouping {
  readonly tree: Expression;
  /** The first address of what was left out or regrouped. */
  readonly address: string;
  readonly description: string;
}

/** The tree with one member of one group left out, or one `all` turned into `any` or the other way round. */
function regroupings(tree: Expression): Regrouping[] {
  if ("expectation" in tree) return [];
  const children = childrenOf(tree);
  const inside = children.flatMap((child, index) =>
    regroupings(child).map((regrouped) => ({
      ...regrouped,
      tree: withChildren(tree, children.with(index, regrouped.tree)),
    })),
  );
  if (children.length < 2) return inside;
  const leftOut = children.map((child, index) => ({
    tree: withChildren(tree, children.toSpliced(index, 1)),
    address: firstAddress(child),
    description: "is left out",
  }));
  const address = firstAddress(tree);
  if ("all" in tree) return [...leftOut, { tree: { any: children }, address, description: "all → any" }, ...inside];
  if ("any" in tree) return [...leftOut, { tree: { all: children }, address, description: "any → all" }, ...inside];
  return [...leftOut, ...inside];
}

function withChildren(
  tree: Exclude<Expression, { expectation: Expectation }>,
  children: readonly Expression[],
): Expression {
  if ("all" in tree) return { all: children };
  return "any" in tree ? { any: children } : { none: children };
}

function firstAddress(tree: Expression): string {
  const [first] = expectationsOf(tree);
  return first?.address ?? "";
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
    return withChildren(node, childrenOf(node).map(copy));
  };
  return copy(tree);
}
