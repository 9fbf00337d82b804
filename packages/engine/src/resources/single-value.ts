import { type Static, Type } from "typebox";
import { type Comparison, describe, meets } from "../comparison.ts";
import type { Judgement } from "../resource.ts";

/** One setting's effective value, and where it comes from: `/etc/login.defs:12`, "built-in default", or null when unset. */
export interface SingleValue {
  readonly value: string | null;
  readonly source: string | null;
}

export const unset: SingleValue = { value: null, source: null };
export const builtInDefault = "built-in default";

/** The target of kinds that look up one name in one file of settings. */
export const KeyTarget = Type.Object(
  { key: Type.String({ pattern: "^[A-Za-z][A-Za-z0-9_.-]*$" }) },
  { additionalProperties: false },
);
export type KeyTarget = Static<typeof KeyTarget>;

/** Judges a value by a comparison. @param name what the value is of, for people, e.g. "PASS_MAX_DAYS". */
export function judgeSingleValue(name: string, { value, source }: SingleValue, desired: Comparison): Judgement {
  return {
    verdict: meets(value, desired) ? "pass" : "fail",
    expected: `${name} ${describe(desired)}`,
    actual: value === null ? `${name} is not set` : `${name} is ${value === "" ? "empty" : value}`,
    source,
  };
}
