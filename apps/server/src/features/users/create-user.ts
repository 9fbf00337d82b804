import { randomBytes } from "node:crypto";
import type { CreatedUser, NewUser } from "@holdfast/contracts/administration";
import { audit } from "../../audit.ts";
import { asSystem, type Ctx, enter, requirePermission } from "../../context.ts";
import { Conflict, Invalid } from "../../errors.ts";
import { guardGuesses } from "../auth/guard-guesses.ts";
import { hashPassword, isPassword } from "../auth/passwords.ts";
import { findAccountByEmail } from "../auth/queries.ts";
import { assertWithinOwn, namedPermissions } from "./granted-permissions.ts";
import { presentUser } from "./present.ts";
import {
  type AccountRow,
  insertAccount,
  insertMembership,
  lockAccountByEmail,
  lockAddress,
  selectMemberships,
} from "./queries.ts";

/**
 * Makes someone a member of the context's organisation. An address that has an account keeps it, with its name and its
 * password; without one, an account is made, and a password generated where none is given.
 *
 * @throws Forbidden, Invalid, or Conflict when the person is a member already or the password is not the account's.
 */
export async function createUser(ctx: Ctx, body: NewUser): Promise<CreatedUser> {
  requirePermission(ctx, "orgs:write");
  const permissions = namedPermissions(body);
  if (permissions === undefined) throw new Invalid("Give a role (viewer, operator, admin) or permissions.");
  assertWithinOwn(ctx, permissions);
  if (body.password !== undefined) await assertMayJoin(ctx, body.email, body.password);
  const generated = body.password === undefined ? randomBytes(15).toString("base64url") : null;
  const password = body.password ?? generated ?? "";
  const passwordHash = await hashPassword(password);
  return asSystem(ctx.services, async (db) => {
    await lockAddress(db, body.email);
    const existing = await lockAccountByEmail(db, body.email);
    if (existing !== null && (await selectMemberships(db, existing.id)).some(({ orgId }) => orgId === ctx.orgId)) {
      throw new Conflict("This address is a member of the organisation already.");
    }
    const account: AccountRow =
      existing ??
      (await insertAccount(db, {
        email: body.email,
        name: body.name ?? body.email,
        passwordHash,
        createdAt: ctx.now,
      }));
    const tx = await enter(ctx, db);
    await insertMembership(tx, account.id, permissions);
    const { id, email, name, administrator, createdAt } = account;
    await audit(tx, {
      action: "user.create",
      subject: { type: "user", id },
      after: { email, name, permissions },
      detail: { newAccount: existing === null },
    });
    const user = presentUser({ id, email, name, administrator, createdAt, orgId: tx.orgId, permissions });
    return existing === null && generated !== null ? { ...user, password: generated } : user;
  });
}

/** Nobody sets the password of an account that others rely on. */
async function assertMayJoin(ctx: Ctx, email: string, password: string): Promise<void> {
  const account = await asSystem(ctx.services, (db) => findAccountByEmail(db, email));
  if (account === null) return;
  const isRight = await guardGuesses(ctx.services, email, ctx.now, async () =>
    (await isPassword(account.passwordHash, password)) ? true : null,
  );
  if (isRight !== null) return;
  throw new Conflict("This address has an account with another password; leave password out to let it in as it is.");
}
