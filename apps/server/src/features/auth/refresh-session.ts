import type { SessionTokens } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { newRefreshToken, sessionIdOf, tokenHash } from "../../tokens.ts";
import { accessTokenLifetime, signAccessToken } from "./access-token.ts";
import { deleteSession, type LockedSession, lockSession, rotateSession } from "./queries.ts";

/** Two tabs share one cookie and may refresh at once: the token before the current one is good for this long there. */
const graceMs = 10_000;

/**
 * Exchanges a refresh token for new tokens; each is used once. One that is used again was stolen, so its session ends.
 *
 * @param isCookie whether the token came as a browser's cookie.
 * @throws Unauthenticated
 */
export async function refreshSession(
  services: Services,
  sessionKey: Uint8Array,
  refreshToken: string,
  isCookie = false,
  now = new Date(),
): Promise<SessionTokens> {
  const sessionId = sessionIdOf(refreshToken);
  const next = sessionId === null ? null : newRefreshToken(sessionId);
  const session = await asSystem(services, async (db) => {
    const found = sessionId === null ? null : await lockSession(db, sessionId);
    if (found === null || next === null) return null;
    if (found.expiresAt <= now || !isUsable(found, tokenHash(refreshToken), isCookie, now)) {
      if (found.expiresAt > now)
        services.log.warn({ sessionId, userId: found.userId }, "a refresh token was used again");
      await deleteSession(db, found.id);
      return null;
    }
    await rotateSession(db, found.id, tokenHash(next), now);
    return found;
  });
  if (session === null || next === null) throw new Unauthenticated("The session has ended; sign in again.");
  const accessToken = await signAccessToken(sessionKey, session.userId, session.id, now);
  return { accessToken, refreshToken: next, expiresIn: accessTokenLifetime };
}

function isUsable(session: LockedSession, hash: Buffer, isCookie: boolean, now: Date): boolean {
  if (session.tokenHash.equals(hash)) return true;
  const isPrevious = session.previousTokenHash?.equals(hash) === true;
  return isCookie && isPrevious && now.getTime() - session.rotatedAt.getTime() <= graceMs;
}
