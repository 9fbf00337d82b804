import { createHash, randomBytes } from "node:crypto";

/** A new random token: 256 bits, its prefix saying what it is for. Shown once; we keep the hash. */
export function newToken(prefix: "hf" | "hfe" | "hfr"): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a token. No salt or stretching: there is nothing to guess in 256 random bits. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}
