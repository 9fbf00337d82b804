import { type Severity, severities } from "@holdfast/contracts/severity";
import type { Tx } from "../../context.ts";
import { uuidOfHex } from "../results/check-uuid.ts";
import { type Layout, selectLayouts } from "../results/queries.ts";
import { type LayoutFailures, type PolicyScope, selectFailures } from "./queries.ts";

/** A recommendation that agents fail; excepted failures are none. */
export interface Failing {
  readonly benchmark: string;
  readonly number: string;
  readonly severity: Severity;
  /** How many; an agent that fails it by several policies counts once. */
  readonly devices: number;
  /** One of them. */
  readonly deviceId: string;
}

/** What agents fail in their latest results, in no order. */
export async function countFailing(tx: Tx, policyId: PolicyScope): Promise<Failing[]> {
  const failures = await selectFailures(tx, policyId);
  const layouts = await selectLayouts(
    tx,
    failures.map(({ layoutId }) => layoutId),
  );
  return [...new Set(layouts.map(({ benchmark }) => benchmark))].flatMap((benchmark) => {
    const versions = new Map(layouts.filter((layout) => layout.benchmark === benchmark).map((item) => [item.id, item]));
    return countBenchmark(benchmark, versions, failures);
  });
}

/** Bytes of an id, and of what stands before the bits of a device. */
const idBytes = 16;
const headBytes = 4;

interface Count {
  readonly number: string;
  readonly severity: Severity;
  devices: number;
  /** The first of them. */
  deviceId: string;
}

/** Of the versions of one benchmark: the same number in two of them is one check. */
function countBenchmark(
  benchmark: string,
  versions: ReadonlyMap<number, Layout>,
  failures: readonly LayoutFailures[],
): Failing[] {
  const counts = new Map<string, Count>();
  const counted = versions.size > 1 ? new Set<string>() : null;
  for (const { layoutId, failing, deviceIds } of failures) {
    const layout = versions.get(layoutId);
    if (layout === undefined) continue;
    const places = layout.numbers.map((number, place): Count => {
      const count = counts.get(number) ?? { number, severity: severityAt(layout, place), devices: 0, deviceId: "" };
      counts.set(number, count);
      return count;
    });
    const bytes = Math.ceil(places.length / 8);
    for (let device = 0; device < deviceIds.length / idBytes; device += 1) {
      const start = device * (headBytes + bytes) + headBytes;
      for (let at = 0; at < bytes; at += 1) {
        const byte = failing[start + at] ?? 0;
        for (let bit = 0; byte > 0 && bit < 8; bit += 1) {
          if ((byte & (0x80 >> bit)) !== 0) count(places[at * 8 + bit], deviceIds, device, counted);
        }
      }
    }
  }
  const failed = [...counts.values()].filter(({ devices }) => devices > 0);
  return failed.map((found) => ({ benchmark, ...found }));
}

/** @param counted what was counted so far; null where nothing can come twice. */
function count(found: Count | undefined, deviceIds: Buffer, device: number, counted: Set<string> | null): void {
  if (found === undefined) return;
  if (counted !== null) {
    const key = `${idAt(deviceIds, device)} ${found.number}`;
    if (counted.has(key)) return;
    counted.add(key);
  }
  if (found.devices === 0) found.deviceId = idAt(deviceIds, device);
  found.devices += 1;
}

function idAt(deviceIds: Buffer, device: number): string {
  return uuidOfHex(deviceIds.toString("hex", device * idBytes, (device + 1) * idBytes));
}

function severityAt(layout: Layout, place: number): Severity {
  return severities.find((severity) => layout[severity][place] === "1") ?? "low";
}
