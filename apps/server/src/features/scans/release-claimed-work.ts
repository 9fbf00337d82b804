import type { Tx } from "../../context.ts";
import { releaseClaims } from "./queries.ts";

/** Lets another claim take what a device had claimed and will not finish: it went away. Harmless when there is nothing. */
export function releaseClaimedWork(tx: Tx, deviceId: string): Promise<void> {
  return releaseClaims(tx, deviceId);
}
