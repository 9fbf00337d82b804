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

/** Bytes of an id, of a number of devices, and of what stands before the bits of a group. */
const idBytes = 16;
const countBytes = 4;
const headBytes = 4;

/** Of the versions of one benchmark: the same number in two of them is one check. */
function countBenchmark(
  benchmark: string,
  versions: ReadonlyMap<number, Layout>,
  failures: readonly LayoutFailures[],
): Failing[] {
  const found = new Map<string, Failing>();
  const counted = versions.size > 1 ? new Set<string>() : null;
  for (const layoutFailures of failures) {
    const { layoutId, deviceIds } = layoutFailures;
    const layout = versions.get(layoutId);
    if (layout === undefined) continue;
    const { devices, first } = countPlaces(layout, layoutFailures, (group, place) => {
      if (counted === null) return true;
      const key = `${idAt(deviceIds, group)} ${layout.numbers[place]}`;
      const before = counted.size;
      return counted.add(key).size > before;
    });
    for (const [place, number] of layout.numbers.entries()) {
      const count = devices[place] ?? 0;
      if (count === 0) continue;
      const before = found.get(number);
      const severity = before?.severity ?? severityAt(layout, place);
      const deviceId = before?.deviceId ?? idAt(deviceIds, first[place] ?? 0);
      found.set(number, { benchmark, number, severity, devices: (before?.devices ?? 0) + count, deviceId });
    }
  }
  return [...found.values()];
}

interface PlaceCounts {
  /** Of each place, how many devices fail there. */
  readonly devices: Uint32Array;
  /** Of each place, the index of the first group of them. */
  readonly first: Uint32Array;
}

/** @param counts whether a group's failure at a place is to be counted. */
function countPlaces(
  { numbers }: Layout,
  { failing, devices: sizes }: LayoutFailures,
  counts: (group: number, place: number) => boolean,
): PlaceCounts {
  const devices = new Uint32Array(numbers.length);
  const first = new Uint32Array(numbers.length);
  const bytes = Math.ceil(numbers.length / 8);
  for (let group = 0; group < failing.length / (headBytes + bytes); group += 1) {
    const size = sizes.readUInt32BE(group * countBytes);
    const start = group * (headBytes + bytes) + headBytes;
    for (let at = 0; at < bytes; at += 1) {
      const byte = failing[start + at] ?? 0;
      for (let bit = 0; byte > 0 && bit < 8; bit += 1) {
        const place = at * 8 + bit;
        if ((byte & (0x80 >> bit)) === 0 || !counts(group, place)) continue;
        if (devices[place] === 0) first[place] = group;
        devices[place] = (devices[place] ?? 0) + size;
      }
    }
  }
  return { devices, first };
}

function idAt(deviceIds: Buffer, device: number): string {
  return uuidOfHex(deviceIds.toString("hex", device * idBytes, (device + 1) * idBytes));
}

function severityAt(layout: Layout, place: number): Severity {
  return severities.find((severity) => layout[severity][place] === "1") ?? "low";
}
