import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { canonicalJson } from "@holdfast/contracts/json";
import { Invalid } from "../../errors.ts";
import { parseTime } from "../../http/parse-time.ts";
import { problemWithJson } from "../../http/plain-json.ts";

export const maxFacts = 5000;
/** Bytes of one observation's canonical text. */
export const maxObservationBytes = 262_144;
export const maxAheadMs = 86_400_000;

/**
 * Refuses what we will not store: too many facts, too large ones, text that PostgreSQL cannot hold, times in the future.
 *
 * @throws Invalid saying which.
 */
export function assertWithinLimits({ changed, removed, checkedAt }: FactUpload, now: Date): void {
  if (parseTime(checkedAt, "checkedAt").getTime() > now.getTime() + maxAheadMs) {
    throw new Invalid("checkedAt is more than 24 hours ahead; set the device's clock.");
  }
  const addresses = Object.keys(changed);
  if (addresses.length > maxFacts || removed.length > maxFacts) {
    throw new Invalid(
      `A device has at most ${maxFacts} facts; these are ${Math.max(addresses.length, removed.length)}.`,
    );
  }
  for (const [address, observation] of Object.entries(changed)) {
    if (address === "" || address.length > 500) throw new Invalid("A fact's address has 1 to 500 characters.");
    const problem = problemWithJson(observation);
    if (problem !== null) throw new Invalid(`The fact ${JSON.stringify(address.slice(0, 100))} ${problem}.`);
    const size = Buffer.byteLength(canonicalJson(observation), "utf8");
    if (size > maxObservationBytes) {
      throw new Invalid(`The fact ${address} has ${size} bytes; at most ${maxObservationBytes} are stored.`);
    }
  }
}
