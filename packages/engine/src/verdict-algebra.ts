import type { Verdict } from "@holdfast/contracts/verdict";

/*
 * How verdicts combine. `not_applicable` is neutral: it takes no part while anything else is there. The rest is
 * Kleene's three-valued logic with two kinds of "unknown", of which `error` (could not be read) outranks `manual`
 * (a person decides). The table is in docs/architecture.md and the tests hold it to the laws of logic.
 *
 *   all   first of: fail, error, manual, pass, not_applicable
 *   any   first of: pass, error, manual, fail, not_applicable
 *   none  all of the opposites: pass and fail change places, the others stay
 */
const allPrecedence = ["fail", "error", "manual", "pass", "not_applicable"] as const satisfies readonly Verdict[];
const anyPrecedence = ["pass", "error", "manual", "fail", "not_applicable"] as const satisfies readonly Verdict[];

/** The verdict of `all`. An empty list is not applicable. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  return allPrecedence.find((verdict) => verdicts.includes(verdict)) ?? "not_applicable";
}

/** The verdict of `any`. An empty list is not applicable. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  return anyPrecedence.find((verdict) => verdicts.includes(verdict)) ?? "not_applicable";
}

/** The verdict of `none`. */
export function noneOf(verdicts: readonly Verdict[]): Verdict {
  return allOf(verdicts.map(opposite));
}

/** Pass and fail change places; what is unknown or does not apply stays so. */
export function opposite(verdict: Verdict): Verdict {
  if (verdict === "pass") return "fail";
  if (verdict === "fail") return "pass";
  return verdict;
}
