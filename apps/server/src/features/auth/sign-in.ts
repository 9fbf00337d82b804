import { randomUUID } from "node:crypto";
import type { SessionTokens } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { newRefreshToken, tokenHash } from "../../tokens.ts";
import { accessTokenLifetime, signAccessToken } from "./access-token.ts";
import { guardGuesses } from "./guard-guesses.ts";
import { isPassword } from "./passwords.ts";
import { type Account, deleteEndedSessions, findAccountByEmail, insertSession } from "./queries.ts";

/** Seconds: 30 days. */
export const sessionLifetime = 30 * 86_400;

/**
 * Opens a session.
 *
 * @throws Unauthenticated, the same for an unknown address and a wrong password; TooManyRequests while the address is
 * locked.
 */
export async function signIn(
  services: Services,
  sessionKey: Uint8Array,
  { email, password }: { readonly email: string; readonly password: string },
  now = new Date(),
): Promise<SessionTokens> {
  const account = await guardGuesses(services, email, now, () => findByPassword(services, email, password));
  if (account === null) throw new Unauthenticated("The address or the password is wrong.");
  const sessionId = randomUUID();
  const refreshToken = newRefreshToken(sessionId);
  const expiresAt = new Date(now.getTime() + sessionLifetime * 1000);
  await asSystem(services, async (db) => {
    await deleteEndedSessions(db, account.id, now);
    await insertSession(db, { id: sessionId, userId: account.id, tokenHash: tokenHash(refreshToken), now, expiresAt });
  });
  const accessToken = await signAccessToken(sessionKey, account.id, sessionId, now);
  return { accessToken, refreshToken, expiresIn: accessTokenLifetime };
}

/** Takes as long for an unknown address as for a wrong password. */
async function findByPassword(services: Services, email: string, password: string): Promise<Account | null> {
  const account = await asSystem(services, (db) => findAccountByEmail(db, email));
  const matches = await isPassword(account?.passwordHash ?? null, password);
  return matches ? account : null;
}
