import type { Json } from "@holdfast/contracts/json";
import { Value } from "typebox/value";
import { Comparison, ListComparison, meets } from "../comparison.ts";
import { sampleOf } from "./regex-sample.ts";

/** A text that a setting might have; null: not set. */
export interface CandidateValue {
  readonly name: string;
  readonly value: string | null;
}

/** Values on both sides of every boundary of a comparison. */
export interface CandidateValues {
  /** At least one, unless no value can be found. */
  readonly meeting: readonly CandidateValue[];
  readonly failing: readonly CandidateValue[];
}

/** The values of a comparison among an expectation's desired members; members of other meaning are ignored. */
export function candidateValues(desired: Readonly<Record<string, Json>>): CandidateValues {
  const comparison = comparisonIn(desired);
  if (comparison === null) return { meeting: [], failing: [] };
  const unset: CandidateValue = { name: "not set", value: null };
  const values = [...valuesOf(comparison), unset];
  const named = values.filter(({ value }, index) => values.findIndex((other) => other.value === value) === index);
  return {
    meeting: named.filter(({ value }) => meets(value, comparison)),
    failing: named.filter(({ value }) => !meets(value, comparison)),
  };
}

function comparisonIn(desired: Readonly<Record<string, Json>>): Comparison | ListComparison | null {
  for (const [name, value] of Object.entries(desired)) {
    const candidate = { [name]: value };
    if (Value.Check(Comparison, candidate)) return candidate;
    if (Value.Check(ListComparison, candidate)) return candidate;
  }
  return null;
}

function valuesOf(comparison: Comparison | ListComparison): CandidateValue[] {
  if ("equals" in comparison) return [textValue(comparison.equals), ...othersThan(comparison.equals)];
  if ("not_equals" in comparison) return [...othersThan(comparison.not_equals), textValue(comparison.not_equals)];
  if ("one_of" in comparison) return [...comparison.one_of.map(textValue), ...othersThan(comparison.one_of[0] ?? "")];
  if ("none_of" in comparison) return [another, ...comparison.none_of.map(textValue)];
  if ("at_least" in comparison) return around(comparison.at_least);
  if ("at_most" in comparison) return around(comparison.at_most);
  if ("between" in comparison) return comparison.between.flatMap(around);
  if ("contains" in comparison) return listsOf(comparison.contains, "without");
  if ("contains_none" in comparison)
    return [{ name: "others only", value: "other" }, ...comparison.contains_none.map(textValue)];
  if ("matches" in comparison) return matchingValues(comparison.matches);
  return [{ name: "set", value: "example" }];
}

const another: CandidateValue = { name: "another value", value: "other" };

function textValue(value: string | number): CandidateValue {
  return { name: value === "" ? "empty" : String(value), value: String(value) };
}

function around(number: number): CandidateValue[] {
  return [number, number + 1, number - 1].map(textValue);
}

const opposites: Readonly<Record<string, string>> = {
  yes: "no",
  no: "yes",
  on: "off",
  off: "on",
  true: "false",
  false: "true",
};

function othersThan(value: string | number): CandidateValue[] {
  const text = String(value);
  const number = /^-?\d+$/.test(text) ? Number(text) : null;
  if (number !== null) return around(number).slice(1);
  const opposite = opposites[text];
  return [opposite === undefined ? another : textValue(opposite), textValue("")];
}

function listsOf(items: readonly string[], word: string): CandidateValue[] {
  const whole = { name: "all of them", value: items.join(",") };
  return [
    whole,
    ...items.map((item) => ({
      name: `${word} ${item}`,
      value: items.filter((other) => other !== item).join(",") || "other",
    })),
  ];
}

function matchingValues(pattern: string): CandidateValue[] {
  const samples = sampleOf(pattern);
  return [
    ...samples.map(textValue),
    another,
    ...samples.flatMap((sample) => [textValue(`${sample}x`), textValue(`x${sample}`), textValue(sample.slice(0, -1))]),
    textValue(""),
    ...["yes", "no", "true", "false", "0", "1", "99999"].map(textValue),
  ];
}
