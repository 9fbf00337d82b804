import { Type } from "typebox";

/**
 * What judging a check can say. `error`: could not be read; it is never shown as `fail` and never counted as `pass`.
 * `manual`: a person has to decide, with the evidence collected.
 */
export const verdicts = ["pass", "fail", "error", "not_applicable", "manual"] as const;
export type Verdict = (typeof verdicts)[number];
export const Verdict = Type.Enum(verdicts);

/** A verdict, or `not_ported`: the recommendation is listed, but its check does not exist yet; never scored. */
export const findingStatuses = [...verdicts, "not_ported"] as const;
export type FindingStatus = (typeof findingStatuses)[number];
export const FindingStatus = Type.Enum(findingStatuses);

/** The number a status has in a stored verdict vector. Never renumber: rows on disk use it. */
export const statusCode: Readonly<Record<FindingStatus, number>> = {
  pass: 0,
  fail: 1,
  error: 2,
  not_applicable: 3,
  manual: 4,
  not_ported: 5,
};

/** @throws RangeError for a number that is no status code. */
export function statusFromCode(code: number): FindingStatus {
  const status = findingStatuses[code];
  if (status === undefined) throw new RangeError(`${code} is not a status code`);
  return status;
}
