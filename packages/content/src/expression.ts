import type { FactAddress } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import type { TSchema } from "typebox";

/**
 * What the pack needs to know of a resource kind to validate a check that uses it. The engine's resources satisfy it;
 * the pack does not import the engine.
 */
export interface KindDeclaration {
  readonly kind: string;
  /** The members of a YAML expectation that say what is looked at, e.g. `{ key }`. */
  readonly target: TSchema;
  /** The members that say what should be there, e.g. `{ equals: "0" }`. */
  readonly desired: TSchema;
  /** The stable address of the target's fact, e.g. `sysctl:net.ipv4.ip_forward`. */
  address(target: never): FactAddress;
}

/** One resource, its target and what is wanted of it: the leaf of every check. */
export interface Expectation {
  readonly kind: string;
  readonly target: Json;
  readonly desired: Json;
  readonly address: FactAddress;
  /** Members of `desired` that a policy's parameter gives, by name; `desired` itself holds their defaults. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Condition under which it is looked at at all; when that does not hold, the expectation is not applicable. */
  readonly when?: string;
}

/** An `all` / `any` / `none` tree of expectations. Lists are never empty. */
export type Expression =
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly none: readonly Expression[] }
  | { readonly expectation: Expectation };

/** Every expectation of the tree, in document order. */
export function* expectationsOf(expression: Expression): Generator<Expectation> {
  if ("expectation" in expression) yield expression.expectation;
  else for (const child of childrenOf(expression)) yield* expectationsOf(child);
}

/** The members of a node that is not a leaf. */
export function childrenOf(expression: Exclude<Expression, { expectation: Expectation }>): readonly Expression[] {
  if ("all" in expression) return expression.all;
  if ("any" in expression) return expression.any;
  return expression.none;
}
