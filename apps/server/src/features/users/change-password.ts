import { audit } from "../../audit.ts";
import { asSystem, type Ctx, enter } from "../../context.ts";
import { Forbidden, Invalid } from "../../errors.ts";
import { guardGuesses } from "../auth/guard-guesses.ts";
import { hashPassword, isPassword } from "../auth/passwords.ts";
import { deleteSessions, selectMemberships, selectPasswordHash, updateAccount } from "./queries.ts";

/**
 * Sets one's own password, ending one's other sessions.
 *
 * @param sessionId the session it is asked in; null for an API token, which may not.
 * @throws Forbidden for a token; Invalid when the current password is wrong; TooManyRequests as for signing in.
 */
export async function changePassword(
  ctx: Ctx,
  sessionId: string | null,
  { currentPassword, newPassword }: { readonly currentPassword: string; readonly newPassword: string },
): Promise<void> {
  if (sessionId === null) throw new Forbidden("A password is changed by its owner; sign in with it.");
  const { id } = ctx.actor;
  const stored = await asSystem(ctx.services, (db) => selectPasswordHash(db, id));
  const isRight = await guardGuesses(ctx.services, ctx.actor.label, ctx.now, async () =>
    (await isPassword(stored, currentPassword)) ? true : null,
  );
  if (isRight === null) throw new Invalid("currentPassword is wrong.");
  const passwordHash = await hashPassword(newPassword);
  await asSystem(ctx.services, async (db) => {
    await updateAccount(db, id, { passwordHash });
    await deleteSessions(db, id, sessionId);
    for (const { orgId } of await selectMemberships(db, id)) {
      const tx = await enter({ ...ctx, orgId }, db);
      await audit(tx, { action: "user.change_password", subject: { type: "user", id } });
    }
  });
}
