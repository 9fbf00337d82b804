import { audit } from "../../audit.ts";
import { type Ctx, inTransaction } from "../../context.ts";
import { publish } from "../../live-events.ts";
import { deleteWorkItem, findWorkItem } from "./queries.ts";

/** Closes an item its agent could not do. One that is closed already is no error: the agent may have sent this twice. */
export async function failWork(ctx: Ctx, deviceId: string, workItemId: string, message: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const item = await findWorkItem(tx, deviceId, workItemId);
    if (item === null) return;
    await deleteWorkItem(tx, item.id);
    await publish(tx, { type: "scan", deviceId, workItemId, state: "failed", done: 0, total: 0, message });
    await audit(tx, {
      action: "scan.fail",
      subject: { type: "device", id: deviceId },
      detail: { policyId: item.policyId, message },
    });
  });
}
