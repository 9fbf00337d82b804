import type { Device } from "@holdfast/contracts/own-api";
import type { Tx } from "../../context.ts";
import { type JudgedResult, selectLatestResults } from "../results/queries.ts";
import { selectOpenItems } from "../scans/queries.ts";
import type { ScanProgress } from "../scans/scan-progress.ts";
import { presentDevice } from "./present.ts";
import type { DeviceRow } from "./queries.ts";

/** Looks up, at once, what people are shown of these devices beside their rows. */
export async function withLatest(
  tx: Tx,
  progress: ScanProgress,
  deviceIds: readonly string[],
): Promise<(row: DeviceRow) => Device> {
  const results = new Map<string, JudgedResult[]>(deviceIds.map((id) => [id, []]));
  for (const result of await selectLatestResults(tx, { deviceIds })) results.get(result.deviceId)?.push(result);
  const items = new Map((await selectOpenItems(tx, deviceIds)).map((item) => [item.deviceId, item]));
  return (row) => {
    const item = items.get(row.id);
    const scan = item === undefined ? null : { item, progress: progress.of(item.id) };
    return presentDevice(tx.now, row, results.get(row.id) ?? [], scan);
  };
}
