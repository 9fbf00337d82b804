import { createHash } from "node:crypto";
import type { Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";

/** SHA-256 (hex) of one (address, observation): what a stored fact is interned by. */
export function factHash(address: string, observation: Observation): string {
  return sha256(`${address}\n${canonicalJson(observation)}`);
}

/** SHA-256 (hex) of a whole set: of its fact hashes, sorted, one per line. The same facts give the same digest, in any order. */
export function factSetDigest(facts: Facts): string {
  return digestOfHashes([...facts].map(([address, observation]) => factHash(address, observation)));
}

/** @see factSetDigest */
export function digestOfHashes(hashes: readonly string[]): string {
  return sha256([...hashes].sort().join("\n"));
}

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
