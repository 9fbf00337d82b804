import type { IssuedToken } from "@holdfast/contracts/administration";
import { permissions as everyPermission, type Permission } from "@holdfast/contracts/own-api";
import { audit } from "../../audit.ts";
import { asSystem, type Ctx, inTransaction, personOf } from "../../context.ts";
import { Forbidden, Invalid } from "../../errors.ts";
import { newToken, tokenHash } from "../../tokens.ts";
import { findAccess } from "../auth/queries.ts";
import { lockAccount } from "../users/queries.ts";
import { requireTokenAccess } from "./access.ts";
import { presentToken } from "./present.ts";
import { insertToken } from "./queries.ts";

export interface TokenTerms {
  readonly name: string;
  readonly permissions: readonly Permission[];
  /** Whose; undefined: the maker's, null: nobody's. */
  readonly userId?: string | null | undefined;
  readonly expiresAt: Date | null;
}

/**
 * Makes an API token for the context's organisation. It is shown once: we keep its hash. It never has more permissions
 * than who makes it, nor than whose it is.
 *
 * @throws Forbidden, or Invalid when the person is not of the organisation.
 */
export async function createToken(ctx: Ctx, terms: TokenTerms): Promise<IssuedToken> {
  const maker = ctx.actor.type === "user" ? ctx.actor.id : (ctx.actor.userId ?? null);
  const userId = terms.userId === undefined ? maker : terms.userId;
  requireTokenAccess(ctx, userId);
  const permissions = everyPermission.filter((permission) => terms.permissions.includes(permission));
  const beyond = permissions.filter((permission) => !ctx.actor.permissions.has(permission));
  if (beyond.length > 0)
    throw new Forbidden(`A token has no more than its maker; you do not have ${beyond.join(", ")}.`);
  if (userId !== null) await assertHolds(ctx, userId, permissions);
  const token = newToken("hf");
  return inTransaction(ctx, async (tx) => {
    const { name, expiresAt } = terms;
    const createdBy = personOf(tx.actor);
    const row = await insertToken(tx, { name, userId, permissions, createdBy, expiresAt, tokenHash: tokenHash(token) });
    await audit(tx, {
      action: "token.create",
      subject: { type: "token", id: row.id },
      after: { name, userId, permissions, expiresAt },
    });
    return { ...presentToken(row), token };
  });
}

async function assertHolds(ctx: Ctx, userId: string, permissions: readonly Permission[]): Promise<void> {
  const access = await asSystem(ctx.services, async (db) => {
    const account = await lockAccount(db, userId);
    return account && findAccess(db, account, ctx.orgId, everyPermission);
  });
  if (access === null) throw new Invalid("userId names nobody of the organisation.");
  const beyond = permissions.filter((permission) => !access.permissions.includes(permission));
  if (beyond.length > 0) throw new Invalid(`permissions: the person does not have ${beyond.join(", ")} here.`);
}
