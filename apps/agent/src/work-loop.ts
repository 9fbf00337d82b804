import type { Pack } from "@holdfast/content/pack";
import { AgentSchedule, type RemediationItem, WorkItem } from "@holdfast/contracts/agent-protocol";
import type { Host } from "@holdfast/engine/host";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { type Delivery, reportFailure } from "./deliver.ts";
import { detailOf } from "./enrol.ts";
import type { Presence } from "./presence.ts";
import type { Remediator } from "./remediation-work.ts";
import { orderOf, ScanImpossible, type Scanner, type ScanOrder, startScanner } from "./scan-work.ts";
import type { Schedule } from "./schedule.ts";
import { type Answer, ServerUnreachable, type Uplink } from "./uplink.ts";
import type { WakeUp } from "./wake-up.ts";

export interface Working {
  readonly uplink: Uplink;
  readonly delivery: Delivery;
  readonly remediator: Remediator;
  readonly schedule: Schedule;
  readonly presence: Presence;
  readonly alarm: WakeUp;
  /** How often the socket has been opened: after each time the schedule may be another. */
  readonly connections: { readonly count: number };
  readonly host: Host;
  readonly pack: Pack;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

const ClaimedWork = Type.Object({ items: Type.Array(WorkItem, { maxItems: 10 }) });
/** Without a nudge; the socket makes work start at once. */
const pollMs = 60_000;
const scheduleRefreshMs = 900_000;

/** Asks for work and does it, and what is due by schedule; one thing after another, until the signal aborts. */
export async function doWork(working: Working): Promise<void> {
  const { schedule, alarm, signal, log } = working;
  const lastRead: ScheduleReading = { at: Number.NEGATIVE_INFINITY, connections: -1 };
  let reachable = true;
  await working.remediator.recover();
  while (!signal.aborted) {
    try {
      await readSchedule(working, lastRead);
      await working.delivery.sendWaiting();
      await working.remediator.sendReports();
      await doClaimedWork(working);
      if (!reachable) log("the server is back");
      reachable = true;
    } catch (error) {
      if (!(error instanceof ServerUnreachable)) throw error;
      if (reachable && !signal.aborted) log(`the server is away: ${error.message}`);
      reachable = false;
    }
    await doDueWork(working);
    await alarm.sleep(Math.max(0, Math.min(pollMs, schedule.nextDue() - Date.now())));
  }
}

interface ScheduleReading {
  at: number;
  connections: number;
}

/** @throws ServerUnreachable */
async function readSchedule({ uplink, schedule, connections }: Working, last: ScheduleReading): Promise<void> {
  const { count } = connections;
  if (last.connections === count && performance.now() - last.at < scheduleRefreshMs) return;
  const { body } = requireOk(await uplink.request("GET", "/agent/v1/schedule"));
  if (!Value.Check(AgentSchedule, body)) throw new ServerUnreachable("The server's schedule is not understood.");
  await schedule.replace(body, Date.now());
  last.at = performance.now();
  last.connections = count;
}

/** Until there is no more. @throws ServerUnreachable */
async function doClaimedWork(working: Working): Promise<void> {
  while (!working.signal.aborted) {
    const { body } = requireOk(await working.uplink.request("POST", "/agent/v1/work/claim", {}));
    if (!Value.Check(ClaimedWork, body)) throw new ServerUnreachable("The server's work is not understood.");
    await doRemediations(
      working,
      body.items.filter((item) => item.type === "remediation"),
    );
    const scanner = newScanner(working);
    for (const item of body.items) if (item.type === "scan") await carryOut(working, orderOf(item), scanner);
    if (body.items.length < 10) return;
  }
}

/**
 * Carries them out, scans, then reports: when the server hears of it, it has the new facts already. Not given up when the
 * agent ends, as what is begun is better finished.
 *
 * @throws ServerUnreachable when a report could not be sent; it is on disk.
 */
async function doRemediations(working: Working, orders: readonly RemediationItem[]): Promise<void> {
  if (orders.length === 0) return;
  for (const order of orders) await working.remediator.carryOut(order);
  const scans = new Map(
    orders.map(({ policyId, benchmark }) => [`${policyId} ${benchmark}`, { workItemId: null, policyId, benchmark }]),
  );
  const scanner = newScanner(working);
  for (const order of scans.values()) await carryOut(working, order, scanner);
  await working.remediator.sendReports();
}

async function doDueWork(working: Working): Promise<void> {
  const scanner = newScanner(working);
  for (const { policyId, benchmark } of working.schedule.dueAt(Date.now())) {
    if (working.signal.aborted) return;
    await carryOut(working, { workItemId: null, policyId, benchmark }, scanner);
  }
}

function newScanner({ host, pack, presence }: Working): Scanner {
  return startScanner({
    host,
    pack,
    onProgress: (workItemId, done, total) => presence.send({ type: "progress", workItemId, done, total }),
  });
}

/** @throws ServerUnreachable when it could not say that it failed, or when the agent is ending. */
async function carryOut(working: Working, order: ScanOrder, scanner: Scanner): Promise<void> {
  const { delivery, schedule, uplink, signal, log } = working;
  try {
    const sent = await delivery.deliver(await unlessAborted(signal, scanner.scan(order)));
    log(`scanned ${order.benchmark ?? "the platform"}; ${sent === "sent" ? "sent" : "kept until the server is back"}`);
  } catch (error) {
    if (error instanceof ServerUnreachable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log(`cannot scan: ${reason}`);
    const told = error instanceof ScanImpossible ? reason : `The agent failed: ${reason}`;
    if (order.workItemId !== null) await reportFailure(uplink, order.workItemId, told);
  }
  await schedule.scanned(order.policyId, Date.now());
}

/** Gives up waiting, not the work, when the signal aborts. @throws ServerUnreachable then. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new ServerUnreachable("The agent is ending."));
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function requireOk(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new ServerUnreachable(`The server refuses us: ${detailOf(answer)}`);
}
