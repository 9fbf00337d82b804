import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RecordedMachine } from "@holdfast/engine/hosts/recording";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EnrolmentRefused, runAgent } from "./main.ts";
import { aMachine, aPack, reference } from "./test/a-pack.ts";
import { type FakeServer, startFakeServer } from "./test/fake-server.ts";

let server: FakeServer;
let stateDir = "";
let host: RecordedMachine;
let lines: string[] = [];
let running: { stop(): Promise<void> }[] = [];
const pack = aPack();
const policyId = randomUUID();

beforeEach(async () => {
  server = await startFakeServer();
  stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-agent-"));
  host = aMachine();
  lines = [];
  running = [];
});
afterEach(async () => {
  for (const agent of running) await agent.stop();
  await server.close();
  await rm(stateDir, { recursive: true });
});

function start(token?: string): { stop(): Promise<void>; ended: Promise<void> } {
  const abort = new AbortController();
  const ended = runAgent({
    serverUrl: server.url,
    stateDir,
    ...(token === undefined ? {} : { enrolmentToken: token }),
    pack,
    host,
    signal: abort.signal,
    log: (line) => lines.push(line),
    lowPriority: false,
    firstRetryMs: 5,
  });
  ended.catch(() => undefined);
  const agent = {
    ended,
    async stop() {
      abort.abort();
      await ended.catch(() => undefined);
    },
  };
  running.push(agent);
  return agent;
}

const eventually = (assertion: () => void | Promise<void>) => vi.waitFor(assertion, { timeout: 10_000, interval: 10 });
const online = () => eventually(() => expect(server.sockets()).toBe(1));

/** Gives the agent a scan to do. */
function order(benchmark: string | null = reference): string {
  const id = randomUUID();
  server.work.push({ id, type: "scan", policyId, benchmark });
  server.nudge();
  return id;
}

async function scanned(times: number): Promise<void> {
  await eventually(() => expect(server.uploads).toHaveLength(times));
}

it("enrols once and is known from then on", async () => {
  const first = start(server.token);
  await online();
  await first.stop();
  start(server.token);
  await online();
  expect(server.requests.filter((request) => request.startsWith("POST /agent/v1/enrol"))).toHaveLength(1);
  for (const name of ["identity.pem", "agent.json"])
    expect((await stat(path.join(stateDir, name))).mode & 0o777).toBe(0o600);
});

it("ends when there is no token, or the server does not take it", async () => {
  await expect(start().ended).rejects.toThrow(EnrolmentRefused);
  await expect(start("another-token-of-some-length").ended).rejects.toThrow(EnrolmentRefused);
});

it("waits for a server that is away when it enrols", async () => {
  server.mood = "down";
  start(server.token);
  await eventually(() => expect(lines.join()).toContain("cannot enrol yet"));
  server.mood = "fine";
  await online();
});

it("claims work when nudged, sends the whole set, and then only what changed", async () => {
  start(server.token);
  await online();
  const id = order();
  await scanned(1);
  expect(server.uploads[0]).toMatchObject({ workItemId: id, policyId, base: null, benchmark: reference });
  expect(Object.keys(server.uploads[0]?.changed ?? {})).toHaveLength(300);
  expect(server.progress.at(-1)).toEqual({ type: "progress", workItemId: id, done: 300, total: 300 });

  host.put("/proc/sys/kernel/parameter_7", "0\n");
  order();
  await scanned(2);
  expect(server.uploads[1]?.base).toBe(server.uploads[0]?.digest);
  expect(Object.keys(server.uploads[1]?.changed ?? {})).toEqual(["sysctl:kernel.parameter_7"]);
});

it("sends at most 2 kB for a scan that found nothing new", async () => {
  start(server.token);
  await online();
  order();
  await scanned(1);
  await eventually(() => expect(lines.join()).toContain("scanned"));
  const before = server.bytesReceived();
  order();
  await scanned(2);
  expect(server.uploads[1]).toMatchObject({ changed: {}, removed: [] });
  const sent = server.bytesReceived() - before;
  expect(sent).toBeGreaterThan(500);
  expect(sent).toBeLessThanOrEqual(2_000);
});

it("sends the whole set when the server does not know the base", async () => {
  start(server.token);
  await online();
  order();
  await scanned(1);
  server.forgetSets();
  order();
  await scanned(2);
  expect(server.requests).toContain("POST /agent/v1/facts 409");
  expect(server.uploads[1]?.base).toBeNull();
  expect(Object.keys(server.uploads[1]?.changed ?? {})).toHaveLength(300);
});

it("reports the platform when there is no benchmark, and says so when it does not have the one asked for", async () => {
  start(server.token);
  await online();
  order(null);
  await scanned(1);
  expect(server.uploads[0]).toMatchObject({ benchmark: "", changed: {}, platform: { id: "debian" } });
  const id = order("cis-debian-99@9.9.9");
  await eventually(() => expect(server.failures).toHaveLength(1));
  expect(server.failures[0]).toMatchObject({ id, message: expect.stringContaining("cis-debian-99@9.9.9") });
});

it("keeps a scan that could not be sent, and sends it after a restart", async () => {
  const agent = start(server.token);
  await online();
  server.mood = "drop-facts";
  const id = order();
  await eventually(async () => expect(await readdir(path.join(stateDir, "spool"))).toHaveLength(1));
  await agent.stop();
  server.mood = "fine";
  start();
  await scanned(1);
  expect(server.uploads[0]).toMatchObject({ workItemId: id });
  await eventually(async () => expect(await readdir(path.join(stateDir, "spool"))).toEqual([]));
});

it("goes on scanning by schedule while the server is away, and sends the oldest first when it is back", async () => {
  server.schedule = { policies: [{ policyId, benchmark: reference, intervalMinutes: 5 }] };
  const agent = start(server.token);
  const file = path.join(stateDir, "schedule.json");
  const dueAt = async (): Promise<number> => JSON.parse(await readFile(file, "utf8")).dueAt[policyId];
  await online();
  await eventually(async () => expect(await dueAt()).toBeGreaterThan(Date.now() + 200_000));
  await agent.stop();

  server.mood = "down";
  for (const scans of [1, 2]) {
    const stored = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify({ ...stored, dueAt: { [policyId]: Date.now() - 1 } }));
    const offline = start();
    await eventually(async () => expect(await readdir(path.join(stateDir, "spool"))).toHaveLength(scans));
    await eventually(async () => expect(await dueAt()).toBeGreaterThan(Date.now() + 200_000));
    await offline.stop();
  }
  server.mood = "fine";
  start();
  await scanned(2);
  const times = server.uploads.map((upload) => upload.checkedAt);
  expect(times).toEqual([...times].sort());
  expect(server.uploads[0]).toMatchObject({ workItemId: null, policyId });
});

it("uses nothing of an answer that is not signed with the pinned key", async () => {
  const agent = start(server.token);
  await online();
  await agent.stop();
  server.mood = "impostor";
  order();
  start();
  await eventually(() => expect(lines.join()).toContain("not signed with the server's key"));
  await online();
  server.nudge();
  await eventually(() =>
    expect(server.requests.filter((request) => request.includes("schedule")).length).toBeGreaterThan(3),
  );
  expect(server.uploads).toEqual([]);
});
