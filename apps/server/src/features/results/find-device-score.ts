import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type JudgedResult, selectLatestResults } from "./queries.ts";

/**
 * A device's newest result by a policy; null when it was never scanned by it.
 *
 * @throws Forbidden, or NotFound for a device or policy the organisation does not have.
 */
export async function findDeviceScore(ctx: Ctx, deviceId: string, policyId: string): Promise<JudgedResult | null> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    await selectDevice(tx, deviceId);
    await selectPolicy(tx, policyId);
    const [result] = await selectLatestResults(tx, { deviceIds: [deviceId], policyId });
    return result ?? null;
  });
}
