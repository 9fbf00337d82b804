import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Pack } from "@holdfast/content/pack";
import { giveWay } from "@holdfast/engine/give-way";
import type { WritableHost } from "@holdfast/engine/host";
import { localHost } from "@holdfast/engine/hosts/local";
import { removeUnfinished } from "./atomic-file.ts";
import { openDelivery } from "./deliver.ts";
import { type Enrolment, EnrolmentRefused, ensureEnrolled } from "./enrol.ts";
import { type Identity, loadIdentity } from "./identity.ts";
import { keepPresence } from "./presence.ts";
import { openRemediationRecords } from "./remediation-records.ts";
import { openRemediator } from "./remediation-work.ts";
import { openSchedule } from "./schedule.ts";
import { openSpool } from "./spool.ts";
import { openUplink, ServerUnreachable } from "./uplink.ts";
import { wakeUp } from "./wake-up.ts";
import { doWork } from "./work-loop.ts";

export { runSimulator, type SimulatorConfig } from "./simulator/run-simulator.ts";
export { EnrolmentRefused };

export interface AgentConfig {
  readonly serverUrl: string;
  /** The agent's own: key, enrolment, what the server has acknowledged, what waits for it. Made when missing. */
  readonly stateDir: string;
  /** Needed once. */
  readonly enrolmentToken?: string;
  readonly pack: Pack;
  /** Ends the agent; what is being scanned is dropped and scanned again next time. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** Default: this machine. */
  readonly host?: WritableHost;
  /** What the host is of: "/", the default, or an image's directory. */
  readonly root?: string;
  /** Default true: gives way to everything else on the machine. */
  readonly lowPriority?: boolean;
  /** Wait after the first failed attempt of anything, in milliseconds, doubling from there; default 500. */
  readonly firstRetryMs?: number;
}

/**
 * The program on a device: enrols once, then scans when asked and by schedule, and changes what was approved, until the
 * signal aborts. The state
 * directory is usable whenever it is killed.
 *
 * @throws EnrolmentRefused; UnreadableError when the platform cannot be told.
 */
export async function runAgent(config: AgentConfig): Promise<void> {
  const { stateDir, host = localHost(), signal } = config;
  if (config.lowPriority ?? true) giveWay();
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await removeUnfinished(stateDir);
  const identity = await loadIdentity(stateDir);
  try {
    const enrolment = await enrol(config, host, identity);
    await runEnrolled(config, host, identity, enrolment);
  } catch (error) {
    if (signal.aborted && error instanceof ServerUnreachable) return;
    throw error;
  }
}

async function enrol(config: AgentConfig, host: WritableHost, identity: Identity): Promise<Enrolment> {
  const { serverUrl, stateDir, enrolmentToken, signal, log, firstRetryMs = 500 } = config;
  const device = { hostname: host.hostname, platform: await host.platform() };
  return ensureEnrolled({ serverUrl, stateDir, token: enrolmentToken, identity, device, signal, log, firstRetryMs });
}

async function runEnrolled(
  config: AgentConfig,
  host: WritableHost,
  identity: Identity,
  enrolment: Enrolment,
): Promise<void> {
  const { serverUrl, stateDir, pack, signal, log, firstRetryMs = 500 } = config;
  const uplink = openUplink({ serverUrl, identity, ...enrolment, signal, firstRetryMs });
  const spool = await openSpool(path.join(stateDir, "spool"), log);
  const schedule = await openSchedule(stateDir);
  const delivery = openDelivery({ uplink, spool, stateDir, log });
  const remediator = openRemediator({
    host,
    root: config.root ?? "/",
    pack,
    journalDirectory: path.join(stateDir, "journal"),
    records: await openRemediationRecords(stateDir),
    uplink,
    log,
  });
  const alarm = wakeUp(signal);
  const connections = { count: 0 };
  const presence = keepPresence({
    serverUrl,
    uplink,
    signal,
    firstRetryMs,
    onConnect() {
      connections.count += 1;
      alarm.ring();
    },
    onWork: alarm.ring,
  });
  await doWork({ uplink, delivery, remediator, schedule, presence, alarm, connections, host, pack, signal, log });
  await presence.ended;
}
