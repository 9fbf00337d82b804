import { asSystem, type Services } from "../../context.ts";
import { sessionIdOf } from "../../tokens.ts";
import { deleteSession } from "./queries.ts";

/** Ends the session of a refresh token, also of one that was exchanged; one that is over already is no error. */
export async function signOut(services: Services, refreshToken: string): Promise<void> {
  const id = sessionIdOf(refreshToken);
  if (id !== null) await asSystem(services, (db) => deleteSession(db, id));
}
