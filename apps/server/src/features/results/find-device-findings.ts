import { controlsOf } from "@holdfast/content/controls";
import type { Pack } from "@holdfast/content/pack";
import type { DeviceFinding, DeviceFindings } from "@holdfast/contracts/own-api";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { NotFound } from "../../errors.ts";
import { selectDevice } from "../devices/queries.ts";
import { presentResult } from "./present.ts";
import { selectLatestResults } from "./queries.ts";
import { type ReadFinding, readFindings, sectionOf } from "./read-findings.ts";

/**
 * The findings of a device's newest result, of one policy or of whichever it is.
 *
 * @throws Forbidden, or NotFound: also when the device was never scanned.
 */
export async function findDeviceFindings(ctx: Ctx, deviceId: string, policyId?: string): Promise<DeviceFindings> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    await selectDevice(tx, deviceId);
    const [newest] = await selectLatestResults(tx, { deviceIds: [deviceId], policyId });
    if (newest === undefined) throw new NotFound("result: the device has not been scanned yet");
    const { benchmark, findings } = await readFindings(tx, newest);
    return {
      result: presentResult(newest),
      benchmark: {
        id: benchmark?.id ?? "",
        version: benchmark?.version ?? "",
        title: benchmark?.title ?? "No benchmark for this device",
      },
      level: newest.level,
      profile: newest.profile,
      findings: findings.map((found) => present(found, newest, benchmark?.sections ?? {}, tx.services.pack)),
    };
  });
}

function present(
  { finding, recommendation, check, exception }: ReadFinding,
  { level, profile }: { readonly level: 1 | 2; readonly profile: "server" | "workstation" },
  sections: Readonly<Record<string, string>>,
  pack: Pack,
): DeviceFinding {
  return {
    ...finding,
    category: check?.category ?? "",
    rationale: check?.rationale ?? "",
    impact: check?.impact ?? "",
    level: recommendation?.[profile] ?? level,
    assessment: recommendation?.assessment ?? "automated",
    section: sectionOf(sections, finding.checkId),
    controls: check === null ? [] : controlsOf(pack, check),
    exception: exception === null ? null : presentException(exception),
  };
}

function presentException({ id, reason, expiresAt }: NonNullable<ReadFinding["exception"]>) {
  return { id, reason, expiresAt: expiresAt?.toISOString() ?? null };
}
