import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { Conflict } from "../../errors.ts";
import { lockRemediation, selectRemediation, updateRemediations } from "./queries.ts";
import { type NamedRemediation, statusesOf } from "./remediation.ts";

/**
 * Ends an action that its device has not taken yet, decided or not; also one that waits for a device that is away.
 *
 * @throws Forbidden, NotFound, or Conflict when the device is at it or it is over.
 */
export async function cancelRemediation(ctx: Ctx, id: string): Promise<NamedRemediation> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const action = await lockRemediation(tx, id);
    if (action.state === "running") throw new Conflict("The device is carrying it out; wait for its report.");
    if (!["requested", "approved", "dispatched"].includes(action.state))
      throw new Conflict(`The remediation action is ${statusesOf(action).status} already.`);
    await updateRemediations(tx, [id], { state: "cancelled", message: `Cancelled by ${tx.actor.label}.` });
    await audit(tx, {
      action: "remediation.cancel",
      subject: { type: "remediation", id },
      detail: { deviceId: action.deviceId, checkId: action.recommendation },
    });
    return selectRemediation(tx, id);
  });
}
