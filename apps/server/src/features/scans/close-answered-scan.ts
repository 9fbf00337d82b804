import type { Tx } from "../../context.ts";
import { closeAnswered } from "./queries.ts";

/** What a stored scan answers: the order it names, and every order of the policy that is older than the scan. */
export interface ScanAnswer {
  readonly workItemId: string | null;
  readonly checkedAt: Date;
}

/** Closes the order a scan of a device by a policy answers, in the transaction that stores the scan. @returns its id, if any. */
export function closeAnsweredScan(
  tx: Tx,
  deviceId: string,
  policyId: string,
  answer: ScanAnswer,
): Promise<string | null> {
  return closeAnswered(tx, deviceId, policyId, answer);
}
