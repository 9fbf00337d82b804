import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { type DeviceRow, selectDevice } from "../devices/queries.ts";
import type { Exception } from "../exceptions/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { selectPolicy } from "../policies/queries.ts";
import { selectResults } from "./queries.ts";
import type { ShownFindings, ShownResult } from "./shown-findings.ts";

export interface DeviceReportData {
  readonly device: DeviceRow;
  /** Newest first. */
  readonly reports: readonly (ShownResult & { readonly policy: Policy })[];
}

/**
 * A device's scan history with all findings and the exceptions in force now.
 *
 * @throws Forbidden, NotFound
 */
export async function getDeviceReport(
  ctx: Ctx,
  deviceId: string,
  { policyId, limit }: { readonly policyId?: string | undefined; readonly limit: number },
  shown: ShownFindings,
): Promise<DeviceReportData> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const device = await selectDevice(tx, deviceId);
    if (policyId !== undefined) await selectPolicy(tx, policyId);
    const policies = new Map<string, Policy>();
    const exceptions = new Map<string, ReadonlyMap<string, Exception>>();
    const reports = [];
    for (const result of await selectResults(tx, { deviceId, policyId, limit })) {
      const policy = policies.get(result.policyId) ?? (await selectPolicy(tx, result.policyId));
      policies.set(policy.id, policy);
      reports.push({ policy, ...(await shown.read(tx, result, exceptions)) });
    }
    return { device, reports };
  });
}
