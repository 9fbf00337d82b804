import type { Device } from "@holdfast/contracts/own-api";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import type { ScanProgress } from "../scans/scan-progress.ts";
import { type DeviceFilter, selectDevices } from "./queries.ts";
import { withLatest } from "./with-latest.ts";

/** A page of the organisation's devices, by host name. @throws Forbidden */
export async function listDevices(
  ctx: Ctx,
  progress: ScanProgress,
  filter: DeviceFilter,
  page: Page,
): Promise<Listed<Device>> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const { items, total } = await selectDevices(tx, filter, page);
    const describe = await withLatest(
      tx,
      progress,
      items.map(({ id }) => id),
    );
    return { items: items.map(describe), total };
  });
}
