import type { User, UserChange } from "@holdfast/contracts/administration";
import type { Transaction } from "kysely";
import { audit } from "../../audit.ts";
import { asSystem, type Ctx, enter, requirePermission } from "../../context.ts";
import type { Database } from "../../db/schema.ts";
import { Conflict, Forbidden, NotFound } from "../../errors.ts";
import { hashPassword } from "../auth/passwords.ts";
import { assertWithinOwn, namedPermissions } from "./granted-permissions.ts";
import { presentUser } from "./present.ts";
import {
  type AccountRow,
  deleteSessions,
  lockAccount,
  lockAccountByEmail,
  lockAddress,
  selectMemberships,
  updateAccount,
  updateMembership,
} from "./queries.ts";

/**
 * Changes what a member may do here, or their account. Address, name and password belong to the account: an organisation
 * may change them only while the account is its own alone. A new password ends the account's sessions.
 *
 * @throws Forbidden, Invalid, NotFound, or Conflict when the address is another account's.
 */
export async function updateUser(ctx: Ctx, id: string, change: UserChange): Promise<User> {
  requirePermission(ctx, "orgs:write");
  const granted = namedPermissions(change);
  const { email, name, password } = change;
  const passwordHash = password === undefined ? undefined : await hashPassword(password);
  return asSystem(ctx.services, async (db) => {
    const before = await lockAccount(db, id);
    const memberships = await selectMemberships(db, id);
    const held = memberships.find(({ orgId }) => orgId === ctx.orgId)?.permissions;
    if (before === null || held === undefined) throw new NotFound("user");
    assertWithinOwn(ctx, [...held, ...(granted ?? [])]);
    const changesAccount = email !== undefined || name !== undefined || password !== undefined;
    if (changesAccount) assertOwnAlone(ctx, before, memberships.length);
    if (email !== undefined) await assertFree(db, email, id);
    const accountChange = {
      ...(email === undefined ? {} : { email }),
      ...(name === undefined ? {} : { name }),
      ...(passwordHash === undefined ? {} : { passwordHash }),
    };
    const after = changesAccount ? await updateAccount(db, id, accountChange) : before;
    if (passwordHash !== undefined) await deleteSessions(db, id, null);
    // Every organisation that relies on the account hears of it.
    for (const { orgId } of changesAccount ? memberships : memberships.filter((of) => of.orgId === ctx.orgId)) {
      const tx = await enter({ ...ctx, orgId }, db);
      const isHere = orgId === ctx.orgId;
      if (isHere && granted !== undefined) await updateMembership(tx, id, granted);
      await audit(tx, {
        action: "user.update",
        subject: { type: "user", id },
        before: { email: before.email, name: before.name, ...(isHere ? { permissions: held } : {}) },
        after: { email: after.email, name: after.name, ...(isHere ? { permissions: granted ?? held } : {}) },
        detail: { newPassword: passwordHash !== undefined },
      });
    }
    return presentUser({ ...after, orgId: ctx.orgId, permissions: granted ?? held });
  });
}

function assertOwnAlone(ctx: Ctx, account: AccountRow, organisations: number): void {
  if (ctx.actor.administrator === true || (!account.administrator && organisations === 1)) return;
  throw new Forbidden("This account is not this organisation's alone; its owner or an administrator can change it.");
}

async function assertFree(db: Transaction<Database>, email: string, id: string): Promise<void> {
  await lockAddress(db, email);
  const other = await lockAccountByEmail(db, email);
  if (other !== null && other.id !== id) throw new Conflict("Another account has this address.");
}
