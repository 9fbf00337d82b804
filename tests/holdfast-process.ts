import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Device, DeviceFindings } from "@holdfast/contracts/own-api";
import { onTestFinished } from "vitest";
import { repositoryRoot } from "./tracked-files.ts";

/** What `npm start` runs, as built. */
export const builtProgram = path.join(repositoryRoot, "apps/cli/dist/holdfast.js");

export interface FirstRun {
  readonly url: string;
  readonly email: string;
  readonly password: string;
  readonly apiToken: string;
  readonly orgId: string;
  readonly deviceId: string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `holdfast up` in a process group of its own, as in a terminal of its own. */
export interface HoldfastProcess {
  readonly pid: number;
  readonly port: number;
  readonly stateDir: string;
  readonly stdout: () => string;
  /** From the start until it said that it is ready, in milliseconds. */
  ready(): Promise<number>;
  /** Until the first scan's score is printed. */
  scored(): Promise<void>;
  /** As Ctrl-C does it: SIGINT to the whole group. */
  interrupt(): Promise<Ended>;
  ended(): Promise<Ended>;
  firstRun(): FirstRun;
  listDevices(): Promise<readonly Device[]>;
  getDevice(): Promise<Device>;
  getFindings(): Promise<DeviceFindings>;
  startScan(policyId: string): Promise<void>;
}

export interface UpOptions {
  readonly stateDir: string;
  readonly port?: number;
  readonly program?: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A temporary directory that another user can walk to. What still runs in it is ended with the test, and it is removed. */
export function aTemporaryDirectory(): string {
  const directory = makeTemporaryDirectory();
  onTestFinished(() => removeWithProcesses(directory));
  return directory;
}

/** As `aTemporaryDirectory`, for several tests; whoever makes it removes it. */
export function makeTemporaryDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "holdfast-e2e-"));
  chmodSync(directory, 0o711);
  return directory;
}

/** Ends what names the directory in its command line, then removes it. */
export async function removeWithProcesses(directory: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const left = processesNaming(directory);
    if (left.length === 0) break;
    for (const { pid } of left) endHard(pid);
    await sleep(100);
  }
  rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** Runs `holdfast up --no-open`; use `ended` or `interrupt` to have its output. */
export async function startUp(options: UpOptions): Promise<HoldfastProcess> {
  if (!existsSync(builtProgram)) throw new Error("Build first: npm run build.");
  const { stateDir, uid, gid, program = [process.execPath, builtProgram, "up"] } = options;
  const port = options.port ?? (await freePort());
  const [command = "", ...args] = program;
  const startedAt = performance.now();
  const child = spawn(command, [...args, "--no-open", "--port", String(port), "--state-dir", stateDir], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, HOLDFAST_LOG_LEVEL: "info", ...options.env },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} could not be started`);
  const ended = outputOf(child);
  const waitFor = (text: string) => untilPrinted(child, ended.sofar, text);
  const api = apiOf(stateDir);
  return {
    pid,
    port,
    stateDir,
    stdout: () => ended.sofar().stdout,
    ready: async () => {
      await waitFor("Holdfast is ready");
      return performance.now() - startedAt;
    },
    scored: () => waitFor("not ported"),
    interrupt() {
      process.kill(-pid, "SIGINT");
      return ended.whole;
    },
    ended: () => ended.whole,
    ...api,
  };
}

function outputOf(child: ChildProcess): { sofar: () => Ended; whole: Promise<Ended> } {
  const output = { code: null as number | null, stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output.stderr += text;
  });
  const whole = new Promise<Ended>((resolve) =>
    child.once("close", (code) => {
      output.code = code;
      resolve(output);
    }),
  );
  return { sofar: () => output, whole };
}

async function untilPrinted(child: ChildProcess, output: () => Ended, text: string): Promise<void> {
  const giveUpAt = performance.now() + 90_000;
  while (!output().stdout.includes(text)) {
    const over = child.exitCode !== null || child.signalCode !== null;
    if (over || performance.now() > giveUpAt) {
      const { stdout, stderr } = output();
      throw new Error(`"${text}" was not printed${over ? "; it has ended" : ""}:\n${stdout}\n${stderr}`);
    }
    await sleep(20);
  }
}

/** Questions about the state directory's machine, with the first run's token. */
function apiOf(stateDir: string) {
  const firstRun = (): FirstRun => JSON.parse(readFileSync(path.join(stateDir, "first-run.json"), "utf8"));
  async function request<T>(method: string, address: string): Promise<T> {
    const { url, apiToken } = firstRun();
    const headers = { authorization: `Bearer ${apiToken}` };
    const response = await fetch(`${url}/api/v1${address}`, { method, headers, signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
  const deviceId = () => firstRun().deviceId;
  return {
    firstRun,
    listDevices: async () => (await request<{ items: Device[] }>("GET", "/devices")).items,
    getDevice: () => request<Device>("GET", `/devices/${deviceId()}`),
    getFindings: () => request<DeviceFindings>("GET", `/devices/${deviceId()}/findings`),
    startScan: async (policyId: string) => {
      await request("POST", `/compliance/scan/agent/${deviceId()}?policy_id=${policyId}`);
    },
  };
}

export interface NamedProcess {
  readonly pid: number;
  readonly command: string;
}

/** Running processes with a text in their command line, but this one; processes that have ended have none. */
export function processesNaming(text: string): NamedProcess[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ").trim();
        return command.includes(text) ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

/** SIGKILL; a process that is gone already is fine. */
export function endHard(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
