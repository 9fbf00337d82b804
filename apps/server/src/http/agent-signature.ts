import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { signedText } from "@holdfast/contracts/agent-protocol";

/** How far an agent's clock may be off. */
export const signatureWindowMs = 300_000;

export interface SignedMessage {
  readonly method: string;
  readonly pathAndQuery: string;
  readonly timeMs: number;
  /** As on the wire. */
  readonly bytes: Uint8Array;
}

function textOf({ method, pathAndQuery, timeMs, bytes }: SignedMessage): Buffer {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return Buffer.from(signedText(method, pathAndQuery, timeMs, sha256), "utf8");
}

/** Base64. */
export function signMessage(key: KeyObject, message: SignedMessage): string {
  return sign(null, textOf(message), key).toString("base64");
}

/** @param publicKey of Ed25519, SPKI, DER. False for a signature of any wrong form. */
export function isSignedBy(publicKey: Buffer, message: SignedMessage, signature: string): boolean {
  try {
    // From its last 32 bytes, which are the key itself (RFC 8410): a tenth of what reading the structure takes.
    const x = publicKey.subarray(-32).toString("base64url");
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verify(null, textOf(message), key, Buffer.from(signature, "base64"));
  } catch {
    return false;
  }
}

/** Remembers signatures for as long as they are good, so that a recorded request cannot be sent again. */
export class ReplayGuard {
  #current = new Set<string>();
  #previous = new Set<string>();
  #turnedAt = 0;

  /** False when it was seen before. */
  admit(signature: string, nowMs: number): boolean {
    if (nowMs - this.#turnedAt > 2 * signatureWindowMs) {
      this.#previous = this.#current;
      this.#current = new Set();
      this.#turnedAt = nowMs;
    }
    if (this.#current.has(signature) || this.#previous.has(signature)) return false;
    this.#current.add(signature);
    return true;
  }
}
