import { audit } from "../../audit.ts";
import { asSystem, inTransaction, type Services, systemContext } from "../../context.ts";
import { lockRemediations, selectOverdue, updateRemediations } from "./queries.ts";

/**
 * Fails the actions, in every organisation, that a device took and did not report on in time. One that waits for a
 * device to take it has no deadline. Several processes may do so at once.
 *
 * @returns how many it failed.
 */
export async function failOverdueRemediations(
  services: Services,
  deadlineMinutes: number,
  now = new Date(),
): Promise<number> {
  const message = `The device did not report within ${deadlineMinutes} minutes.`;
  const takenBefore = new Date(now.getTime() - deadlineMinutes * 60_000);
  let failed = 0;
  for (const { id, orgId } of await asSystem(services, (db) => selectOverdue(db, takenBefore))) {
    await inTransaction(systemContext(services, orgId, "deadline", now), async (tx) => {
      const [action] = await lockRemediations(tx, [id]);
      if (action?.state !== "running" || action.startedAt === null || action.startedAt > takenBefore) return;
      await updateRemediations(tx, [id], { state: "failed", message, claimedUntil: null });
      await audit(tx, {
        action: "remediation.fail",
        subject: { type: "remediation", id },
        detail: { deviceId: action.deviceId, checkId: action.recommendation, message },
      });
      failed += 1;
    });
  }
  return failed;
}
