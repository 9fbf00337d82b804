import type { SessionTokens } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { newToken, tokenHash } from "../../tokens.ts";
import { accessTokenLifetime, signAccessToken } from "./access-token.ts";
import { deleteSession, lockSessionByToken, rotateSession } from "./queries.ts";

/** Two tabs may refresh at once: the token before the current one is good for this long. */
const graceMs = 30_000;

/**
 * Exchanges a refresh token for new tokens; each is used once. One used again later was stolen, so its session ends.
 *
 * @throws Unauthenticated
 */
export async function refreshSession(
  services: Services,
  sessionKey: Uint8Array,
  refreshToken: string,
  now = new Date(),
): Promise<SessionTokens> {
  const next = newToken("hfr");
  const session = await asSystem(services, async (db) => {
    const found = await lockSessionByToken(db, tokenHash(refreshToken));
    if (found === null) return null;
    const isReused = found.isPrevious && now.getTime() - found.rotatedAt.getTime() > graceMs;
    if (isReused || found.expiresAt <= now) {
      await deleteSession(db, found.id);
      return null;
    }
    await rotateSession(db, found.id, tokenHash(next), now);
    return found;
  });
  if (session === null) throw new Unauthenticated("The session has ended; sign in again.");
  const accessToken = await signAccessToken(sessionKey, session.userId, session.id, now);
  return { accessToken, refreshToken: next, expiresIn: accessTokenLifetime };
}
