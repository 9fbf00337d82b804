import { type Severity, severities } from "@holdfast/contracts/severity";
import type { Tx } from "../../context.ts";
import { type Layout, selectLayouts } from "../results/queries.ts";
import { type FailurePattern, type PolicyScope, selectFailurePatterns } from "./queries.ts";

/** A recommendation that agents fail; excepted failures are none. */
export interface Failing {
  readonly benchmark: string;
  readonly number: string;
  readonly severity: Severity;
  /** How many; an agent that fails it by several policies counts once. */
  devices: number;
  /** One of them. */
  readonly deviceId: string;
}

/** What agents fail in their latest results, in no order. Devices that fail alike are counted together. */
export async function countFailing(tx: Tx, policyId: PolicyScope): Promise<Failing[]> {
  const patterns = await selectFailurePatterns(tx, policyId);
  const ids = [...new Set(patterns.flatMap(({ layoutIds }) => layoutIds))];
  return countPatterns(patterns, new Map((await selectLayouts(tx, ids)).map((layout) => [layout.id, layout])));
}

function countPatterns(patterns: readonly FailurePattern[], layouts: ReadonlyMap<number, Layout>): Failing[] {
  const byCheck = new Map<string, Failing>();
  for (const { layoutIds, failing, devices, deviceId } of patterns) {
    const counted = new Set<string>();
    layoutIds.forEach((id, at) => {
      const layout = layouts.get(id);
      if (layout === undefined) return;
      const bits = failing[at] ?? "";
      for (let place = bits.indexOf("1"); place !== -1; place = bits.indexOf("1", place + 1)) {
        const number = layout.numbers[place] ?? "";
        const key = `${layout.benchmark}\n${number}`;
        // The same recommendation in two versions of a benchmark is one check.
        if (layoutIds.length > 1 && counted.has(key)) continue;
        counted.add(key);
        const check = byCheck.get(key);
        if (check !== undefined) check.devices += devices;
        else {
          const severity = severityAt(layout, place);
          byCheck.set(key, { benchmark: layout.benchmark, number, severity, devices, deviceId });
        }
      }
    });
  }
  return [...byCheck.values()];
}

function severityAt(layout: Layout, place: number): Severity {
  return severities.find((severity) => layout[severity][place] === "1") ?? "low";
}
