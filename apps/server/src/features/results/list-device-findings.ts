import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type JudgedResult, selectLatestResults } from "./queries.ts";
import { type ReadFindings, readFindings } from "./read-findings.ts";

export interface ResultFindings extends ReadFindings {
  readonly result: JudgedResult;
}

/**
 * The newest result of each policy on a device, or of one policy, with all findings; newest first.
 *
 * @throws Forbidden, or NotFound for a device or policy the organisation does not have.
 */
export async function listDeviceFindings(ctx: Ctx, deviceId: string, policyId?: string): Promise<ResultFindings[]> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    await selectDevice(tx, deviceId);
    if (policyId !== undefined) await selectPolicy(tx, policyId);
    const found: ResultFindings[] = [];
    for (const result of await selectLatestResults(tx, { deviceIds: [deviceId], policyId })) {
      found.push({ result, ...(await readFindings(tx, result)) });
    }
    return found;
  });
}
