import { setMaxListeners } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import type { Pack } from "@holdfast/content/pack";
import type { Proofs } from "@holdfast/content/proofs";
import { benchmarkReference, resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import { removeUnfinished } from "../atomic-file.ts";
import { ServerUnreachable } from "../uplink.ts";
import { serveControlChannel } from "./control-channel.ts";
import { controlledDevice } from "./controlled-device.ts";
import { enrolmentTokenFor } from "./enrolment-token.ts";
import { type FactSource, factSource } from "./fact-source.ts";
import { openSimulatedDevice, type SimulatedDevice } from "./simulated-device.ts";
import { type NamedPlatform, namedPlatform } from "./simulated-platform.ts";
import { attend } from "./unattended-device.ts";

export interface SimulatorConfig {
  readonly serverUrl: string;
  /** An API token with `orgs:write`, or an enrolment token that admits as many devices as are new. */
  readonly token: string;
  readonly orgId?: string;
  readonly devices: number;
  readonly os: string;
  /** e.g. "debian-12"; left out: the usual one of the operating system. */
  readonly platform?: string;
  /** Keeps the devices for another run; left out: they are forgotten at the end. */
  readonly stateDir?: string;
  /** Only reports what the control channel asks for. */
  readonly control: boolean;
  readonly pack: Pack;
  readonly loadProofs: () => Promise<Proofs>;
  readonly signal: AbortSignal;
  /** The control channel's requests. */
  readonly input: Readable;
  /** One JSON event or answer. */
  readonly print: (line: string) => void;
  readonly log: (line: string) => void;
}

interface Numbered {
  readonly index: number;
  readonly stateDir: string;
  readonly device: SimulatedDevice;
}

const atOnce = 20;

/**
 * Simulated devices in this one process, each with the real protocol: its own key, socket, state and facts. Resolves when
 * the signal aborts or the control channel's input ends.
 *
 * @throws RangeError for a wrong platform, EnrolmentRefused; each with a sentence for the user.
 */
export async function runSimulator(config: SimulatorConfig): Promise<void> {
  const named = namedPlatform(config.os, config.platform);
  const stateDir = config.stateDir ?? (await mkdtemp(path.join(tmpdir(), "holdfast-simulator-")));
  const ending = new AbortController();
  const signal = AbortSignal.any([config.signal, ending.signal]);
  // Every device listens to it.
  setMaxListeners(0, signal);
  const running: SimulatorConfig = { ...config, signal };
  try {
    const source = factSource(config.pack, await config.loadProofs());
    const devices = await openDevices(running, named, stateDir);
    if (signal.aborted) return;
    const fitting = resolveBenchmark(config.pack, named.platform);
    // Takes a second, the first time: before anyone waits for an answer.
    if (fitting !== null) source.complying(benchmarkReference(fitting));
    const ready = readyLine(devices, named);
    await (config.control ? control(running, devices, source, ready) : runFleet(running, devices, source, ready));
  } catch (error) {
    if (!(signal.aborted && error instanceof ServerUnreachable)) throw error;
  } finally {
    ending.abort();
    if (config.stateDir === undefined) await rm(stateDir, { recursive: true, force: true });
  }
}

async function openDevices(config: SimulatorConfig, named: NamedPlatform, stateDir: string): Promise<Numbered[]> {
  const { devices: count, serverUrl, token, orgId, signal, log } = config;
  let made: Promise<string> | null = null;
  const enrolmentToken = (): Promise<string> => {
    made ??= enrolmentTokenFor({ serverUrl, token, orgId, uses: count, signal });
    return made;
  };
  const opened: Numbered[] = [];
  for (let first = 1; first <= count && !signal.aborted; first += atOnce) {
    const indexes = Array.from({ length: Math.min(atOnce, count - first + 1) }, (_, offset) => first + offset);
    const batch = indexes.map(async (index): Promise<Numbered> => {
      const name = String(index).padStart(4, "0");
      const directory = path.join(stateDir, named.name, name);
      await removeUnfinished(directory);
      const device = { stateDir: directory, hostname: `sim-${name}`, platform: named.platform };
      return {
        index,
        stateDir: directory,
        device: await openSimulatedDevice({ serverUrl, enrolmentToken, signal, log, ...device }),
      };
    });
    opened.push(...(await Promise.all(batch)));
    log(`${opened.length} of ${count} devices are enrolled`);
  }
  return opened;
}

async function control(
  { pack, signal, input, print, log }: SimulatorConfig,
  opened: readonly Numbered[],
  source: FactSource,
  ready: string,
): Promise<void> {
  const devices = new Map(
    opened.map(({ device }) => [device.deviceId, controlledDevice({ device, source, pack, signal, log })]),
  );
  await Promise.all([...devices.values()].map((device) => device.start()));
  if (signal.aborted) return;
  print(ready);
  await serveControlChannel({
    input,
    print,
    signal,
    async carryOut(request) {
      const device = devices.get(request.deviceId.toLowerCase());
      if (device === undefined) throw new Error(`No simulated device has the id ${request.deviceId}.`);
      return device.carryOut(request);
    },
  });
}

async function runFleet(
  { signal, print, log }: SimulatorConfig,
  opened: readonly Numbered[],
  source: FactSource,
  ready: string,
): Promise<void> {
  print(ready);
  await Promise.all(
    opened.map(({ index, stateDir, device }) => {
      const { deviceId } = device;
      const onReport = (report: object): void => print(JSON.stringify({ event: "reported", deviceId, ...report }));
      return attend({ device, source, index, stateDir, signal, log, onReport });
    }),
  );
}

function readyLine(opened: readonly Numbered[], { name, platform: { osType } }: NamedPlatform): string {
  const devices = opened.map(({ device: { deviceId } }) => ({ deviceId, os: osType, platform: name }));
  return JSON.stringify({ event: "ready", devices });
}
