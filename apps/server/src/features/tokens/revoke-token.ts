import { audit } from "../../audit.ts";
import { type Ctx, inTransaction } from "../../context.ts";
import { requireTokenAccess } from "./access.ts";
import { presentToken } from "./present.ts";
import { deleteToken, lockToken } from "./queries.ts";

/** Ends a token at once. @throws Forbidden, NotFound */
export async function revokeToken(ctx: Ctx, id: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const row = await lockToken(tx, id);
    requireTokenAccess(tx, row.userId);
    await deleteToken(tx, id);
    const { name, userId, permissions, expiresAt } = presentToken(row);
    await audit(tx, {
      action: "token.revoke",
      subject: { type: "token", id },
      before: { name, userId, permissions, expiresAt },
    });
  });
}
