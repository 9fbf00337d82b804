import { type Severity, severities } from "@holdfast/contracts/severity";
import type { Tx } from "../../context.ts";
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

const uuidLength = 36;
const one = "1".charCodeAt(0);

interface Count {
  readonly severity: Severity;
  devices: number;
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
    const places = layout.numbers.map((number, place) => {
      const count = counts.get(number) ?? { severity: severityAt(layout, place), devices: 0, deviceId: "" };
      counts.set(number, count);
      return { number, count };
    });
    let at = 0;
    for (let device = 0; device < deviceIds.length; device += uuidLength) {
      for (const { number, count } of places) {
        if (failing.charCodeAt(at) === one && isFirst(counted, number, deviceIds, device)) {
          if (count.devices === 0) count.deviceId = idAt(deviceIds, device);
          count.devices += 1;
        }
        at += 1;
      }
    }
  }
  const failed = [...counts].filter(([, { devices }]) => devices > 0);
  return failed.map(([number, count]) => ({ benchmark, number, ...count }));
}

/** @param counted what was counted so far; null where nothing can come twice. */
function isFirst(counted: Set<string> | null, number: string, deviceIds: string, device: number): boolean {
  if (counted === null) return true;
  const key = `${idAt(deviceIds, device)} ${number}`;
  if (counted.has(key)) return false;
  counted.add(key);
  return true;
}

function idAt(deviceIds: string, at: number): string {
  return deviceIds.slice(at, at + uuidLength);
}

function severityAt(layout: Layout, place: number): Severity {
  return severities.find((severity) => layout[severity][place] === "1") ?? "low";
}
