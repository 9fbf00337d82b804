import { audit } from "../../audit.ts";
import { asSystem, type Ctx, enter, personOf, requirePermission } from "../../context.ts";
import { Conflict, Forbidden, NotFound } from "../../errors.ts";
import { assertWithinOwn } from "./granted-permissions.ts";
import { deleteAccount, deleteMembership, lockAccount, selectMemberships } from "./queries.ts";

/**
 * Takes someone out of the context's organisation, with their tokens for it. An account goes with its last membership.
 *
 * @param everywhere out of every organisation; for administrators of all of them.
 * @throws Forbidden, NotFound, or Conflict for oneself.
 */
export async function deleteUser(ctx: Ctx, id: string, everywhere: boolean): Promise<void> {
  requirePermission(ctx, "orgs:write");
  if (everywhere && ctx.actor.administrator !== true) throw new Forbidden("Only an administrator removes an account.");
  await asSystem(ctx.services, async (db) => {
    const account = await lockAccount(db, id);
    const memberships = await selectMemberships(db, id);
    const leaving = everywhere ? memberships : memberships.filter(({ orgId }) => orgId === ctx.orgId);
    if (account === null || leaving.length === 0) throw new NotFound("user");
    if (id === personOf(ctx.actor)) throw new Conflict("Nobody removes themselves; ask another administrator.");
    if (account.administrator && ctx.actor.administrator !== true) {
      throw new Forbidden("Only an administrator of every organisation can remove one.");
    }
    for (const { orgId, permissions } of leaving) if (orgId === ctx.orgId) assertWithinOwn(ctx, permissions);
    const goes = everywhere || (leaving.length === memberships.length && !account.administrator);
    if (goes) await deleteAccount(db, id);
    for (const { orgId, permissions } of leaving) {
      const tx = await enter({ ...ctx, orgId }, db);
      if (!goes) await deleteMembership(tx, id);
      await audit(tx, {
        action: "user.delete",
        subject: { type: "user", id },
        before: { email: account.email, name: account.name, permissions },
        detail: { account: goes ? "deleted" : "kept" },
      });
    }
  });
}
