import { jwtVerify, SignJWT } from "jose";
import { Unauthenticated } from "../../errors.ts";

/** Seconds. */
export const accessTokenLifetime = 900;

export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** A JWT, HS256, that only says who and in which session; permissions are looked up with each request. */
export function signAccessToken(key: Uint8Array, userId: string, sessionId: string, now: Date): Promise<string> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(userId)
    .setIssuer("holdfast")
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + accessTokenLifetime)
    .sign(key);
}

/** @throws Unauthenticated when it is not ours, altered or over. */
export async function verifyAccessToken(key: Uint8Array, token: string): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ["HS256"], issuer: "holdfast" });
    const { sub, sid, exp } = payload;
    if (typeof sub !== "string" || typeof sid !== "string" || exp === undefined) throw new Unauthenticated();
    return { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) };
  } catch (cause) {
    if (cause instanceof Unauthenticated) throw cause;
    throw new Unauthenticated("The access token is not valid or has ended; refresh it or sign in again.");
  }
}
