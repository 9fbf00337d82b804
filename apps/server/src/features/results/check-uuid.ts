import { createHash } from "node:crypto";

/** The id interface A knows a recommendation by in an organisation: the same each time, a UUID of version 8 (RFC 9562). */
export function checkUuid(orgId: string, benchmarkId: string, number: string): string {
  return uuidOf(`check\n${orgId}\n${benchmarkId}\n${number}`);
}

/** A UUID of version 8 from a text's SHA-256. */
export function uuidOf(text: string): string {
  const hash = createHash("sha256").update(text, "utf8").digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return uuidOfHex(hash.toString("hex"));
}

/** Of at least 32 digits, as a UUID is written. */
export function uuidOfHex(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
