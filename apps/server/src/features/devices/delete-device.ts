import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { nudge } from "../../live-events.ts";
import { deleteDeviceRow, lockDevice } from "./queries.ts";

/**
 * Removes a device with everything known of it. Its agent is refused from then on: it learns so when it asks for work.
 *
 * @throws Forbidden, NotFound
 */
export async function deleteDevice(ctx: Ctx, id: string): Promise<void> {
  requirePermission(ctx, "orgs:write");
  await inTransaction(ctx, async (tx) => {
    const { hostname, osType, platform, enrolledAt } = await lockDevice(tx, id);
    await deleteDeviceRow(tx, id);
    await audit(tx, {
      action: "device.delete",
      subject: { type: "device", id },
      before: { hostname, osType, platform: platform.name, enrolledAt },
    });
    await nudge(tx, [id]);
  });
}
