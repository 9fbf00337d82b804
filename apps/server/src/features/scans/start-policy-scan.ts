import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { Invalid } from "../../errors.ts";
import { enqueue } from "../../jobs.ts";
import { selectDeviceIdsByOs, selectDevicesById } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { openScansJob } from "./jobs.ts";

export interface PolicyScan {
  /** null when there was no device to scan. */
  readonly jobId: string | null;
  readonly deviceCount: number;
}

/**
 * Queues a scan of the named devices, or of all devices of the policy's operating system.
 *
 * @throws Forbidden, NotFound, or Invalid when the policy is not enabled or a named device is not one it can scan; then
 * nothing is queued.
 */
export async function startPolicyScan(
  ctx: Ctx,
  policyId: string,
  named: readonly string[] | null,
): Promise<PolicyScan> {
  requirePermission(ctx, "devices:write");
  return inTransaction(ctx, async (tx) => {
    const policy = await selectPolicy(tx, policyId);
    if (!policy.enabled) throw new Invalid("The baseline is not active.");
    let deviceIds: readonly string[];
    if (named === null) {
      deviceIds = await selectDeviceIdsByOs(tx, policy.osType);
    } else {
      deviceIds = [...new Set(named.map((id) => id.toLowerCase()))];
      const fitting = new Set(
        (await selectDevicesById(tx, deviceIds)).filter(({ osType }) => osType === policy.osType).map(({ id }) => id),
      );
      const others = deviceIds.filter((id) => !fitting.has(id));
      if (others.length > 0) {
        throw new Invalid(
          `Not devices of this organisation that run ${policy.osType}: ${others.slice(0, 5).join(", ")}.`,
          {
            invalidDeviceIds: others,
          },
        );
      }
    }
    if (deviceIds.length === 0) return { jobId: null, deviceCount: 0 };
    // All of them are looked up again when the job runs; only named ones travel with it.
    const jobId = await enqueue(tx, openScansJob, { policyId, deviceIds: named === null ? null : [...deviceIds] });
    await audit(tx, {
      action: "scan.start",
      subject: { type: "policy", id: policyId },
      detail: { deviceCount: deviceIds.length },
    });
    return { jobId, deviceCount: deviceIds.length };
  });
}
