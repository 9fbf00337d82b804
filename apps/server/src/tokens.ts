import { createHash, randomBytes } from "node:crypto";

/** A new random token: 256 bits, its prefix saying what it is for. Shown once; we keep the hash. */
export function newToken(prefix: "hf" | "hfe"): string {
  return `${prefix}_${randomBytes(32).toString("base64url")}`;
}

/** What is stored of a token. No salt or stretching: there is nothing to guess in 256 random bits. */
export function tokenHash(token: string): Buffer {
  return createHash("sha256").update(token, "utf8").digest();
}

/**
 * A refresh token: 256 random bits behind its session's id, so that one that was exchanged before, however long ago, is
 * known for a token of that session.
 */
export function newRefreshToken(sessionId: string): string {
  const id = Buffer.from(sessionId.replaceAll("-", ""), "hex");
  return `hfr_${Buffer.concat([id, randomBytes(32)]).toString("base64url")}`;
}

/** The session a refresh token says it is of; null when it has another form. */
export function sessionIdOf(refreshToken: string): string | null {
  const [, encoded] = /^hfr_([\w-]{64})$/.exec(refreshToken) ?? [];
  if (encoded === undefined) return null;
  const hex = Buffer.from(encoded, "base64url").subarray(0, 16).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
