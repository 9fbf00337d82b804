import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { type DeviceRow, selectDevice } from "../devices/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type JudgedResult, selectResults } from "./queries.ts";
import { type ReadFinding, readFindings } from "./read-findings.ts";
import { withExceptions } from "./with-exceptions.ts";

export interface DeviceReportData {
  readonly device: DeviceRow;
  /** Newest first. */
  readonly reports: readonly {
    readonly result: JudgedResult;
    readonly policy: Policy;
    readonly findings: readonly ReadFinding[];
  }[];
}

/**
 * A device's scan history with all findings and the exceptions in force now. Scans that found the same share the work of reading it.
 *
 * @throws Forbidden, NotFound
 */
export async function getDeviceReport(
  ctx: Ctx,
  deviceId: string,
  { policyId, limit }: { readonly policyId?: string | undefined; readonly limit: number },
): Promise<DeviceReportData> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const device = await selectDevice(tx, deviceId);
    if (policyId !== undefined) await selectPolicy(tx, policyId);
    const policies = new Map<string, Policy>();
    const read = new Map<number, readonly ReadFinding[]>();
    const reports = [];
    for (const result of await selectResults(tx, { deviceId, policyId, limit })) {
      const policy = policies.get(result.policyId) ?? (await selectPolicy(tx, result.policyId));
      policies.set(policy.id, policy);
      const findings = read.get(result.id) ?? (await readFindings(tx, result)).findings;
      read.set(result.id, findings);
      reports.push({ result: withExceptions(tx.services, result, findings), policy, findings });
    }
    return { device, reports };
  });
}
