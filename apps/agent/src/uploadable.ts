import type { Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";

const maxObservationBytes = 256 * 1024;

/**
 * The facts as the server stores them: one that it cannot hold, too long or with characters that a database does not
 * take, is not sent but reported as unreadable, so that it makes one `error` and not a refused scan.
 */
export function uploadable(facts: Facts): Facts {
  return new Map([...facts].map(([address, observation]) => [address, storable(address, observation)]));
}

function storable(address: string, observation: Observation): Observation {
  const text = canonicalJson(observation);
  if (Buffer.byteLength(text) > maxObservationBytes)
    return { error: { code: "too_large", message: `${address.slice(0, 200)}: over 256 KiB were read` } };
  // JSON.stringify escapes both NUL and halves of surrogate pairs.
  if (/(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/.test(text))
    return { error: { code: "invalid", message: `${address.slice(0, 200)}: what was read is not text` } };
  return observation;
}
