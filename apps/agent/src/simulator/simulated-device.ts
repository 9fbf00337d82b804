import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import {
  AgentSchedule,
  type FactUpload,
  type RemediationReport,
  type ScanItem,
  WorkItem,
} from "@holdfast/contracts/agent-protocol";
import type { Facts } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";
import { factSetDigest } from "@holdfast/engine/fact-set";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { readAcknowledged } from "../acknowledged.ts";
import { agentVersion } from "../agent-version.ts";
import { detailOf, type Enrolment, ensureEnrolled } from "../enrol.ts";
import { type Identity, loadIdentity } from "../identity.ts";
import { keepPresence } from "../presence.ts";
import { sendUpload } from "../send-upload.ts";
import { type Answer, openUplink, ServerUnreachable, UntrustedAnswer, type Uplink } from "../uplink.ts";

const ClaimedWork = Type.Object({ items: Type.Array(WorkItem, { maxItems: 10 }) });

/** The server answered and does not take what was sent; the message says why. */
export class RefusedByServer extends Error {
  constructor(message: string) {
    super(message);
    this.name = "RefusedByServer";
  }
}

export interface DeviceOptions {
  readonly serverUrl: string;
  readonly stateDir: string;
  /** Asked for when the device is not enrolled yet. */
  readonly enrolmentToken: () => Promise<string>;
  readonly hostname: string;
  readonly platform: Platform;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** What a scan reports. */
export interface Reported {
  readonly order: Pick<ScanItem, "id"> | null;
  readonly policyId: string;
  /** null: there is none for this device. */
  readonly benchmark: string | null;
  readonly facts: Facts;
  readonly checkedAt: Date;
}

/** One device of the simulator: a key pair, a socket and a state directory of its own, and the real protocol. */
export interface SimulatedDevice {
  readonly deviceId: string;
  readonly platform: Platform;
  /** What it last reported and the server acknowledged; null before that. */
  lastFacts(benchmark: string | null): Promise<Facts | null>;
  /** Work not claimed before, or whose lease is over. @throws ServerUnreachable */
  claim(): Promise<WorkItem[]>;
  readSchedule(): Promise<AgentSchedule>;
  /** @returns the id of the stored result. @throws RefusedByServer, ServerUnreachable */
  report(scan: Reported): Promise<string>;
  reportRemediation(actionId: string, report: RemediationReport): Promise<void>;
  /** Opens the socket, or a new one in its place: the server then offers claimed work again. Resolves when it is open. */
  connect(on: SocketEvents): Promise<void>;
}

export interface SocketEvents {
  onConnect(): void;
  onWork(): void;
}

/** Enrols the device, or resumes it when the server still knows it. @throws EnrolmentRefused, ServerUnreachable */
export async function openSimulatedDevice(options: DeviceOptions): Promise<SimulatedDevice> {
  const { stateDir } = options;
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const { uplink, enrolment } = await enrolled(options);
  return deviceWith(options, uplink, enrolment);
}

async function enrolled(options: DeviceOptions): Promise<{ uplink: Uplink; enrolment: Enrolment }> {
  const { serverUrl, stateDir, enrolmentToken, hostname, platform, signal, log } = options;
  const known = await enrolOrResume(undefined).catch(() => null);
  if (known !== null && (await isKnown(known.uplink))) return known;
  if (known !== null) {
    log(`${hostname} is not known to the server any more: it enrols anew`);
    await rm(stateDir, { recursive: true, force: true });
    await mkdir(stateDir, { recursive: true, mode: 0o700 });
  }
  return enrolOrResume(await enrolmentToken());

  async function enrolOrResume(token: string | undefined): Promise<{ uplink: Uplink; enrolment: Enrolment }> {
    const identity: Identity = await loadIdentity(stateDir);
    const device = { hostname, platform };
    const quiet = (): void => {};
    const enrolment = await ensureEnrolled({ serverUrl, stateDir, token, identity, device, signal, log: quiet });
    return { enrolment, uplink: openUplink({ serverUrl, identity, ...enrolment, signal }) };
  }
}

/** @throws ServerUnreachable */
async function isKnown(uplink: Uplink): Promise<boolean> {
  try {
    const { status } = await uplink.request("GET", "/agent/v1/schedule");
    return status < 300;
  } catch (error) {
    // Another server, with another key.
    if (error instanceof UntrustedAnswer) return false;
    throw error;
  }
}

function deviceWith(options: DeviceOptions, uplink: Uplink, { deviceId }: Enrolment): SimulatedDevice {
  const { serverUrl, stateDir, platform, signal } = options;
  let closeSocket = new AbortController();
  signal.addEventListener("abort", () => closeSocket.abort(), { once: true });
  return {
    deviceId,
    platform,
    async lastFacts(benchmark) {
      return (await readAcknowledged(stateDir, benchmark ?? ""))?.facts ?? null;
    },
    async claim() {
      const { body } = requireOk(await uplink.request("POST", "/agent/v1/work/claim", {}));
      if (!Value.Check(ClaimedWork, body)) throw new ServerUnreachable("The server's work is not understood.");
      return body.items;
    },
    async readSchedule() {
      const { body } = requireOk(await uplink.request("GET", "/agent/v1/schedule"));
      if (!Value.Check(AgentSchedule, body)) throw new ServerUnreachable("The server's schedule is not understood.");
      return body;
    },
    async report(scan) {
      const sent = await sendUpload(uplink, stateDir, uploadOf(scan, platform));
      if ("refused" in sent) throw new RefusedByServer(sent.refused);
      return sent.resultId;
    },
    async reportRemediation(actionId, report) {
      requireOk(await uplink.request("POST", `/agent/v1/remediations/${actionId}/report`, report));
    },
    connect({ onConnect, onWork }) {
      const previous = closeSocket;
      const current = new AbortController();
      closeSocket = current;
      if (signal.aborted) current.abort();
      return new Promise((resolve) => {
        const connected = (): void => {
          // The server keeps the newest: the device is online throughout.
          previous.abort();
          onConnect();
          resolve();
        };
        void keepPresence({ serverUrl, uplink, signal: current.signal, onConnect: connected, onWork }).ended.then(
          resolve,
        );
      });
    },
  };
}

function uploadOf({ order, policyId, benchmark, facts, checkedAt }: Reported, platform: Platform): FactUpload {
  return {
    workItemId: order?.id ?? null,
    policyId,
    checkedAt: checkedAt.toISOString(),
    uploadId: randomUUID(),
    benchmark: benchmark ?? "",
    platform,
    agentVersion,
    base: null,
    digest: factSetDigest(facts),
    changed: Object.fromEntries(facts),
    removed: [],
    durationMs: 0,
  };
}

/** @throws RefusedByServer */
function requireOk(answer: Answer): Answer {
  if (answer.status < 300) return answer;
  throw new RefusedByServer(`The server refuses: ${detailOf(answer)}`);
}
