import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission, type Tx } from "../../context.ts";
import { Invalid } from "../../errors.ts";
import { nudge, publish } from "../../live-events.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { openWorkItems } from "./queries.ts";

const maxAnnounced = 500;

/**
 * Has one device scanned by a policy as soon as its agent is there; while such a scan is open, no second one is opened.
 *
 * @throws Forbidden, NotFound, or Invalid when the policy is for another operating system or not enabled.
 */
export async function startScan(
  ctx: Ctx,
  { deviceId, policyId }: { readonly deviceId: string; readonly policyId: string },
): Promise<void> {
  requirePermission(ctx, "devices:write");
  await inTransaction(ctx, async (tx) => {
    const device = await selectDevice(tx, deviceId);
    const policy = await selectPolicy(tx, policyId);
    if (policy.osType !== device.osType) {
      throw new Invalid(`The policy is for ${policy.osType}, and this device runs ${device.osType}.`);
    }
    if (!policy.enabled) throw new Invalid("The policy is not enabled.");
    await openScans(tx, policyId, [deviceId]);
    await audit(tx, { action: "scan.start", subject: { type: "device", id: deviceId }, detail: { policyId } });
  });
}

/** Opens the work and tells agents and people. */
export async function openScans(tx: Tx, policyId: string, deviceIds: readonly string[]): Promise<void> {
  const items = await openWorkItems(tx, policyId, deviceIds);
  await nudge(tx, deviceIds);
  // Nobody watches more than that; the lists show them all.
  if (items.length > maxAnnounced) return;
  for (const { id, deviceId } of items) {
    await publish(tx, { type: "scan", deviceId, workItemId: id, state: "queued", done: 0, total: 0 });
  }
}
