import type { Device } from "@holdfast/contracts/own-api";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { ScanProgress } from "../scans/scan-progress.ts";
import { selectDevice } from "./queries.ts";
import { withLatest } from "./with-latest.ts";

/** @throws Forbidden, NotFound */
export async function getDevice(ctx: Ctx, progress: ScanProgress, id: string): Promise<Device> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const describe = await withLatest(tx, progress, [id]);
    return describe(await selectDevice(tx, id));
  });
}
