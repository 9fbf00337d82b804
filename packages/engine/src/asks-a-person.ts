import type { Expectation } from "@holdfast/content/expression";

/** Whether an expectation leaves the decision to a person: of kind `manual`, or asking for a review of what was found. */
export function asksAPerson({ kind, desired }: Expectation): boolean {
  return kind === "manual" || (typeof desired === "object" && desired !== null && "review" in desired);
}
