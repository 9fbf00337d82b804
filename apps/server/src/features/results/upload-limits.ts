import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { canonicalJson } from "@holdfast/contracts/json";
import { Invalid } from "../../errors.ts";

export const maxFacts = 5000;
/** Bytes of one observation's canonical text. */
export const maxObservationBytes = 262_144;
const maxDepth = 64;
const maxAheadMs = 86_400_000;

/**
 * Refuses what we will not store: too many facts, too large ones, text that PostgreSQL cannot hold, times in the future.
 *
 * @throws Invalid saying which.
 */
export function assertWithinLimits({ changed, removed, checkedAt, platform }: FactUpload, now: Date): void {
  if (new Date(checkedAt).getTime() > now.getTime() + maxAheadMs) {
    throw new Invalid("checkedAt is more than 24 hours ahead; set the device's clock.");
  }
  const addresses = Object.keys(changed);
  if (addresses.length > maxFacts || removed.length > maxFacts) {
    throw new Invalid(
      `A device has at most ${maxFacts} facts; these are ${Math.max(addresses.length, removed.length)}.`,
    );
  }
  assertStorable(platform, "platform");
  for (const [address, observation] of Object.entries(changed)) {
    if (address === "" || address.length > 500) throw new Invalid("A fact's address has 1 to 500 characters.");
    assertStorable(address, address);
    assertStorable(observation, address);
    const size = Buffer.byteLength(canonicalJson(observation), "utf8");
    if (size > maxObservationBytes) {
      throw new Invalid(`The fact ${address} has ${size} bytes; at most ${maxObservationBytes} are stored.`);
    }
  }
}

/** jsonb holds neither NUL nor half a surrogate pair, and numbers beyond a double are not JSON to us. Not recursive: depth is hostile too. */
function assertStorable(root: unknown, address: string): void {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (depth > maxDepth) throw new Invalid(`The fact ${shown(address)} is nested more than ${maxDepth} deep.`);
    if (typeof value === "string" && (value.includes("\0") || /\p{Surrogate}/u.test(value))) {
      throw new Invalid(
        `The fact ${shown(address)} holds a character that cannot be stored (NUL or half a surrogate pair).`,
      );
    }
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new Invalid(`The fact ${shown(address)} holds a number that is out of range.`);
    }
    if (value !== null && typeof value === "object") {
      for (const [key, member] of Object.entries(value)) {
        open.push({ value: key, depth: depth + 1 }, { value: member, depth: depth + 1 });
      }
    }
  }
}

function shown(address: string): string {
  return JSON.stringify(address.slice(0, 100));
}
