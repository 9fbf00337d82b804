import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { lockException, setRevoked } from "./queries.ts";

/** Ends an exception now and keeps it on record. Revoking it again changes nothing. @throws Forbidden, NotFound */
export async function revokeException(ctx: Ctx, id: string): Promise<void> {
  requirePermission(ctx, "orgs:write");
  await inTransaction(ctx, async (tx) => {
    const before = await lockException(tx, id);
    if (before.revokedAt !== null) return;
    await setRevoked(tx, id);
    await audit(tx, { action: "exception.revoke", subject: { type: "exception", id }, before });
  });
}
