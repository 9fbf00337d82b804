import { type Static, Type } from "typebox";
import { Severity } from "./severity.ts";
import { FindingStatus, Verdict } from "./verdict.ts";

/** What one expectation of a check asked for, what was found, and where. */
export const Evidence = Type.Object({
  /** The fact it was judged on. */
  address: Type.String(),
  verdict: Verdict,
  expected: Type.String(),
  actual: Type.String(),
  /** File and line, command, or "built-in default"; null when there is nothing to point at. */
  source: Type.Union([Type.String(), Type.Null()]),
});
export type Evidence = Static<typeof Evidence>;

/** One recommendation's verdict in a scan. */
export const Finding = Type.Object({
  /** The recommendation's number in its benchmark, e.g. "3.3.1". */
  checkId: Type.String(),
  title: Type.String(),
  severity: Severity,
  status: FindingStatus,
  evidence: Type.Object({
    expected: Type.String(),
    actual: Type.String(),
    source: Type.Union([Type.String(), Type.Null()]),
    /** Every expectation that decided the verdict; what expected, actual and source sum up. */
    details: Type.Array(Evidence),
  }),
  /** Why, in a sentence: the reason for error, not_applicable, manual and not_ported; what differs for fail; may be empty. */
  message: Type.String(),
  /** What to do by hand. */
  remediation: Type.String(),
  /** Milliseconds spent reading the facts only this check needed, plus its share of shared ones; 0 for replayed facts. */
  ms: Type.Number(),
});
export type Finding = Static<typeof Finding>;

/** How many findings have each status. */
export const StatusCounts = Type.Object({
  pass: Type.Integer(),
  fail: Type.Integer(),
  error: Type.Integer(),
  not_applicable: Type.Integer(),
  manual: Type.Integer(),
  not_ported: Type.Integer(),
});
export type StatusCounts = Static<typeof StatusCounts>;
