import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { deleteEnrolmentToken } from "./queries.ts";

/** Lets nobody in by it any more; who is in stays. @throws Forbidden, NotFound */
export async function revokeEnrolmentToken(ctx: Ctx, id: string): Promise<void> {
  requirePermission(ctx, "orgs:write");
  await inTransaction(ctx, async (tx) => {
    const { uses, usesLeft, expiresAt } = await deleteEnrolmentToken(tx, id);
    await audit(tx, {
      action: "enrolment_token.revoke",
      subject: { type: "enrolment_token", id },
      before: { uses, usesLeft, expiresAt },
    });
  });
}
