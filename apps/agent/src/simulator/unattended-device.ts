import type { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import type { Facts } from "@holdfast/contracts/fact";
import { differenceOf } from "../acknowledged.ts";
import { openSchedule } from "../schedule.ts";
import { ServerUnreachable } from "../uplink.ts";
import { wakeUp } from "../wake-up.ts";
import type { FactSource } from "./fact-source.ts";
import { RefusedByServer, type Reported, type SimulatedDevice } from "./simulated-device.ts";

export interface UnattendedOptions {
  readonly device: SimulatedDevice;
  readonly source: FactSource;
  /** From 1; what is wrong with the device follows from it. */
  readonly index: number;
  readonly stateDir: string;
  readonly signal: AbortSignal;
  readonly onReport: (report: { readonly policyId: string; readonly resultId: string }) => void;
  readonly log: (line: string) => void;
}

const pollMs = 60_000;

/** Answers scans at once, scans by schedule, and carries out remediations, until the signal aborts. */
export async function attend(options: UnattendedOptions): Promise<void> {
  const { device, stateDir, signal, log } = options;
  const alarm = wakeUp(signal);
  const schedule = await openSchedule(stateDir);
  /** What an apply replaced, by the id it reported. */
  const executions = new Map<string, { readonly benchmark: string; readonly before: Facts }>();
  let isStale = true;
  const connected = device.connect({
    onConnect() {
      isStale = true;
      alarm.ring();
    },
    onWork: alarm.ring,
  });
  await connected;
  let reachable = true;
  while (!signal.aborted) {
    try {
      if (isStale) await schedule.replace(await device.readSchedule(), Date.now());
      isStale = false;
      for (const item of await device.claim()) {
        if (item.type === "scan") await scan(item, item.policyId, item.benchmark);
        else await remediate(item);
      }
      for (const { policyId, benchmark } of schedule.dueAt(Date.now())) await scan(null, policyId, benchmark);
      reachable = true;
    } catch (error) {
      if (!(error instanceof ServerUnreachable || error instanceof RefusedByServer)) throw error;
      if (reachable && !signal.aborted) log(`${device.deviceId}: ${error.message}`);
      reachable = false;
    }
    await alarm.sleep(Math.max(0, Math.min(pollMs, schedule.nextDue() - Date.now())));
  }

  async function factsOn(benchmark: string | null): Promise<Facts> {
    return (await device.lastFacts(benchmark)) ?? options.source.ofDevice(benchmark, options.index);
  }

  async function scan(order: Reported["order"], policyId: string, benchmark: string | null, facts?: Facts) {
    const shown = facts ?? (await factsOn(benchmark));
    const resultId = await device.report({ order, policyId, benchmark, facts: shown, checkedAt: new Date() });
    await schedule.scanned(policyId, Date.now());
    options.onReport({ policyId, resultId });
  }

  /** As on a real device: changed, scanned again, and only then reported. */
  async function remediate(order: RemediationItem): Promise<void> {
    const { actionId, policyId, benchmark, checkId } = order;
    const before = await factsOn(benchmark);
    const after = order.action === "apply" ? passing(order, before) : executions.get(order.executionId ?? "")?.before;
    if (after === undefined) {
      const error = `This simulated device has no facts for the ${order.action} of ${checkId}.`;
      return device.reportRemediation(actionId, { success: false, error });
    }
    if (order.action === "apply") executions.set(actionId, { benchmark, before });
    await scan(null, policyId, benchmark, after);
    const report: RemediationReport = { success: true, executionId: order.action === "apply" ? actionId : null };
    await device.reportRemediation(actionId, { ...report, ...statesBetween(before, after) });
  }

  function passing({ benchmark, checkId }: RemediationItem, before: Facts): Facts | undefined {
    const changed = options.source.changed(benchmark, before, { [checkId]: "pass" });
    return "facts" in changed ? changed.facts : undefined;
  }
}

/** The facts that differ, as they were and as they are. */
function statesBetween(before: Facts, after: Facts): Pick<RemediationReport, "beforeState" | "afterState"> {
  return { beforeState: differenceOf(after, before).changed, afterState: differenceOf(before, after).changed };
}
