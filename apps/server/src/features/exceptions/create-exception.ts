import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, personOf, requirePermission } from "../../context.ts";
import { Invalid } from "../../errors.ts";
import { requireCheck } from "../checks/require-check.ts";
import { selectDevice } from "../devices/queries.ts";
import { type Exception, insertException } from "./queries.ts";

export interface NewException {
  readonly checkId: string;
  /** null: every device of the organisation. */
  readonly deviceId: string | null;
  readonly reason: string;
  /** null: until it is revoked. */
  readonly expiresAt: Date | null;
}

/**
 * Excuses a check's failure on a device, or on all. It holds for stored results from now on. A second one for the same
 * check and device is accepted: the failure is excused as long as one of them is in force.
 *
 * @throws Forbidden, NotFound for a check or device the organisation does not have, or Invalid when it would be over.
 */
export async function createException(ctx: Ctx, exception: NewException): Promise<Exception> {
  requirePermission(ctx, "orgs:write");
  const { deviceId, reason, expiresAt } = exception;
  if (expiresAt !== null && expiresAt <= ctx.now) throw new Invalid("expires_at is in the past; give a time to come.");
  return inTransaction(ctx, async (tx) => {
    const { id: checkId, benchmark, number } = await requireCheck(tx, exception.checkId);
    if (deviceId !== null) await selectDevice(tx, deviceId);
    const created = await insertException(tx, {
      orgId: tx.orgId,
      checkId,
      benchmark,
      number,
      deviceId,
      reason,
      expiresAt,
      createdBy: personOf(tx.actor),
      createdAt: tx.now,
      revokedAt: null,
    });
    await audit(tx, {
      action: "exception.create",
      subject: { type: "exception", id: created.id },
      after: { checkId, number, deviceId, reason, expiresAt },
    });
    return created;
  });
}
