import { type Static, Type } from "typebox";

const Scalar = Type.Union([Type.String(), Type.Number()]);

/**
 * The closed set of comparisons for a single value. Exactly one operator. Numbers in the observed text are compared as
 * numbers by at_least, at_most and between; equals and one_of compare text after trimming.
 */
export const Comparison = Type.Union([
  Type.Object({ equals: Scalar }, { additionalProperties: false }),
  Type.Object({ not_equals: Scalar }, { additionalProperties: false }),
  Type.Object({ one_of: Type.Array(Scalar, { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object({ none_of: Type.Array(Scalar, { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object({ at_least: Type.Number() }, { additionalProperties: false }),
  Type.Object({ at_most: Type.Number() }, { additionalProperties: false }),
  Type.Object({ between: Type.Tuple([Type.Number(), Type.Number()]) }, { additionalProperties: false }),
  /** A JavaScript regular expression, `u` flag, searched anywhere unless anchored. */
  Type.Object({ matches: Type.String({ minLength: 1 }) }, { additionalProperties: false }),
  Type.Object({ present: Type.Literal(true) }, { additionalProperties: false }),
  Type.Object({ absent: Type.Literal(true) }, { additionalProperties: false }),
]);
export type Comparison = Static<typeof Comparison>;

/** For values that are comma-separated lists, such as sshd's algorithms. */
export const ListComparison = Type.Union([
  Type.Object({ contains: Type.Array(Type.String(), { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object({ contains_none: Type.Array(Type.String(), { minItems: 1 }) }, { additionalProperties: false }),
]);
export type ListComparison = Static<typeof ListComparison>;

/** Whether a value meets a comparison; a missing value (null) meets only `absent`. */
export function meets(value: string | null, comparison: Comparison | ListComparison): boolean {
  if ("absent" in comparison) return value === null;
  if (value === null) return false;
  const text = value.trim();
  if ("present" in comparison) return true;
  if ("equals" in comparison) return sameScalar(text, comparison.equals);
  if ("not_equals" in comparison) return !sameScalar(text, comparison.not_equals);
  if ("one_of" in comparison) return comparison.one_of.some((wanted) => sameScalar(text, wanted));
  if ("none_of" in comparison) return !comparison.none_of.some((unwanted) => sameScalar(text, unwanted));
  if ("matches" in comparison) return new RegExp(comparison.matches, "u").test(text);
  if ("contains" in comparison) return comparison.contains.every((wanted) => listOf(text).includes(wanted));
  if ("contains_none" in comparison) return !comparison.contains_none.some((bad) => listOf(text).includes(bad));
  const number = numberOf(text);
  if (number === null) return false;
  if ("at_least" in comparison) return number >= comparison.at_least;
  if ("at_most" in comparison) return number <= comparison.at_most;
  return number >= comparison.between[0] && number <= comparison.between[1];
}

/** The comparison in words, to follow "expected": `is 0`, `is at least 14`. */
export function describe(comparison: Comparison | ListComparison): string {
  if ("absent" in comparison) return "is not set";
  if ("present" in comparison) return "is set";
  if ("equals" in comparison) return `is ${comparison.equals}`;
  if ("not_equals" in comparison) return `is set and not ${comparison.not_equals}`;
  if ("one_of" in comparison) return `is ${orList(comparison.one_of)}`;
  if ("none_of" in comparison) return `is set and none of ${comparison.none_of.join(", ")}`;
  if ("matches" in comparison) return `matches /${comparison.matches}/`;
  if ("contains" in comparison) return `contains ${comparison.contains.join(", ")}`;
  if ("contains_none" in comparison) return `contains none of ${comparison.contains_none.join(", ")}`;
  if ("at_least" in comparison) return `is at least ${comparison.at_least}`;
  if ("at_most" in comparison) return `is at most ${comparison.at_most}`;
  return `is between ${comparison.between[0]} and ${comparison.between[1]}`;
}

/** A value that would meet the comparison, for a fix; null when it names none. */
export function valueMeeting(comparison: Comparison): string | null {
  if ("equals" in comparison) return String(comparison.equals);
  if ("one_of" in comparison) return String(comparison.one_of[0]);
  if ("at_least" in comparison) return String(comparison.at_least);
  if ("at_most" in comparison) return String(comparison.at_most);
  if ("between" in comparison) return String(comparison.between[1]);
  return null;
}

function sameScalar(text: string, wanted: string | number): boolean {
  return typeof wanted === "number" ? numberOf(text) === wanted : text === wanted;
}

function numberOf(text: string): number | null {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : null;
}

function listOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function orList(values: readonly (string | number)[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
