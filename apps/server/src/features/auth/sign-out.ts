import { asSystem, type Services } from "../../context.ts";
import { tokenHash } from "../../tokens.ts";
import { deleteSession, lockSessionByToken } from "./queries.ts";

/** Ends the session of a refresh token; one that is over already is no error. */
export async function signOut(services: Services, refreshToken: string): Promise<void> {
  await asSystem(services, async (db) => {
    const session = await lockSessionByToken(db, tokenHash(refreshToken));
    if (session !== null) await deleteSession(db, session.id);
  });
}
