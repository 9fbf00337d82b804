import type { SessionTokens } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { newToken, tokenHash } from "../../tokens.ts";
import { accessTokenLifetime, signAccessToken } from "./access-token.ts";
import { isPassword } from "./passwords.ts";
import { deleteEndedSessions, findAccountByEmail, insertSession } from "./queries.ts";

/** Seconds: 30 days. */
export const sessionLifetime = 30 * 86_400;

/**
 * Opens a session.
 *
 * @throws Unauthenticated, the same for an unknown address and a wrong password.
 */
export async function signIn(
  services: Services,
  sessionKey: Uint8Array,
  { email, password }: { readonly email: string; readonly password: string },
  now = new Date(),
): Promise<SessionTokens> {
  const account = await asSystem(services, (db) => findAccountByEmail(db, email));
  const matches = await isPassword(account?.passwordHash ?? null, password);
  if (account === null || !matches) throw new Unauthenticated("The address or the password is wrong.");
  const refreshToken = newToken("hfr");
  const expiresAt = new Date(now.getTime() + sessionLifetime * 1000);
  const sessionId = await asSystem(services, async (db) => {
    await deleteEndedSessions(db, account.id, now);
    return insertSession(db, { userId: account.id, tokenHash: tokenHash(refreshToken), now, expiresAt });
  });
  const accessToken = await signAccessToken(sessionKey, account.id, sessionId, now);
  return { accessToken, refreshToken, expiresIn: accessTokenLifetime };
}
