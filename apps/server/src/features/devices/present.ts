import type { Device } from "@holdfast/contracts/own-api";
import { presentResult } from "../results/present.ts";
import type { JudgedResult } from "../results/queries.ts";
import type { WorkItemRow } from "../scans/queries.ts";
import type { Progress } from "../scans/scan-progress.ts";
import type { DeviceRow } from "./queries.ts";

export function isOnline({ onlineUntil }: Pick<DeviceRow, "onlineUntil">, now: Date): boolean {
  return onlineUntil !== null && onlineUntil > now;
}

export function presentDevice(
  now: Date,
  row: DeviceRow,
  results: readonly JudgedResult[],
  scan: { readonly item: WorkItemRow; readonly progress: Progress } | null,
): Device {
  return {
    id: row.id,
    hostname: row.hostname,
    osType: row.osType,
    platform: row.platform,
    status: isOnline(row, now) ? "online" : "offline",
    lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
    enrolledAt: row.enrolledAt.toISOString(),
    agentVersion: row.agentVersion,
    latest: results.map(presentResult),
    scan: scan === null ? null : presentScan(now, scan.item, scan.progress),
  };
}

function presentScan(now: Date, { id, claimedUntil }: WorkItemRow, progress: Progress): Device["scan"] {
  const running = claimedUntil !== null && claimedUntil > now;
  return { workItemId: id, state: running ? "running" : "queued", ...progress };
}
