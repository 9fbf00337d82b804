import type { Expectation } from "@holdfast/content/expression";
import type { Json } from "@holdfast/contracts/json";

/** A state that a target might have, made up to show what a check says of it. */
export interface Candidate {
  /** What is special about it, e.g. "running value differs". */
  readonly name: string;
  readonly state: Json;
  /** A case that careless checks get wrong: always worth a proof. */
  readonly isHard?: boolean;
}

/** Makes up the states of one expectation, those that meet it first. */
export type Candidates = (members: Members, expectation: Expectation) => readonly Candidate[];

/** Desired members by name. */
export type Members = Readonly<Record<string, Json>>;

/** A JSON object's members; none for any other value. */
export function membersOf(value: Json | undefined): Members {
  return isObject(value) ? value : {};
}

/** A state without what only a running machine shows, as it is read from an image on disk. */
export function without(state: Json, member: string): Json {
  return Object.fromEntries(Object.entries(membersOf(state)).filter(([name]) => name !== member));
}

/** A list's texts; of one text, itself. */
export function textsOf(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

function isObject(value: Json | undefined): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
