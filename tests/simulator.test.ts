import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { loadPack } from "@holdfast/content/load-pack";
import type { Pack } from "@holdfast/content/pack";
import { loadProofs, type Proofs } from "@holdfast/content/proofs";
import { resources } from "@holdfast/engine/registry";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runSimulator, type SimulatorConfig } from "../apps/agent/src/main.ts";
import { type RunningServer, startServer } from "../apps/server/src/main.ts";
import { aStateDir } from "../apps/server/src/test/state-dir.ts";
import { repositoryRoot } from "./tracked-files.ts";

interface Device {
  readonly deviceId: string;
  readonly os: string;
  readonly platform: string;
}

interface Finding {
  readonly checkId: string;
  readonly status: string;
}

interface Report {
  readonly reports: { readonly result: { readonly id: string; readonly checkedAt: string; findings: Finding[] } }[];
}

const timeout = 60_000;
const contentDirectory = path.join(repositoryRoot, "content");
let pack: Pack;
let proofs: Proofs;
let server: RunningServer;
let token = "";
let closeServer = async (): Promise<void> => {};

beforeAll(async () => {
  pack = (await loadPack(contentDirectory, new Map(resources.map((kind) => [kind.kind, kind])))).pack;
  proofs = (await loadProofs(contentDirectory, pack)).proofs;
  const stateDir = mkdtempSync(path.join(tmpdir(), "holdfast-simulated-"));
  // PostgreSQL may run as another user.
  chmodSync(stateDir, 0o711);
  server = await startServer({ pack, stateDir: path.join(stateDir, "state"), port: 0, logLevel: "silent" });
  token = server.firstRun?.apiToken ?? "";
  closeServer = async () => {
    await server.close();
    rmSync(stateDir, { recursive: true, force: true });
  };
});
afterAll(() => closeServer());

async function api<T>(method: string, address: string, body?: unknown, as = token): Promise<T> {
  const response = await fetch(server.url + address, {
    method,
    headers: { authorization: `Bearer ${as}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${address}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

async function aBaseline(change: Record<string, unknown> = {}): Promise<string> {
  const body = { name: "simulated", osType: "linux", benchmarkVersion: "latest", level: "l2", ...change };
  return (await api<{ data: { id: string } }>("POST", "/cis/baselines", body)).data.id;
}

/** A simulator under control: what it is asked, by id, and how it ends. */
async function aSimulator(change: Partial<SimulatorConfig> = {}) {
  const controller = new AbortController();
  const input = new PassThrough();
  const lines: Record<string, unknown>[] = [];
  const hearers = new Set<() => void>();
  const ended = runSimulator({
    serverUrl: server.url,
    token,
    devices: 1,
    os: "linux",
    control: true,
    pack,
    loadProofs: async () => proofs,
    signal: controller.signal,
    input,
    print(line) {
      lines.push(JSON.parse(line) as Record<string, unknown>);
      for (const hear of hearers) hear();
    },
    log: () => undefined,
    ...change,
  });
  onTestFinished(async () => {
    controller.abort();
    await ended;
  });
  const line = (matches: (value: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = lines.find(matches);
        if (found === undefined) return;
        hearers.delete(look);
        resolve(found);
      };
      hearers.add(look);
      look();
      ended.then(look, reject);
    });
  let asked = 0;
  const ready = await line((value) => value["event"] === "ready");
  const devices = ready["devices"] as Device[];
  return {
    devices,
    deviceId: devices[0]?.deviceId ?? "",
    input,
    lines,
    ended,
    stop: () => controller.abort(),
    /** The whole answer. */
    ask(op: string, request: Record<string, unknown>): Promise<Record<string, unknown>> {
      asked += 1;
      const id = `request ${asked}`;
      input.write(`${JSON.stringify({ id, op, deviceId: devices[0]?.deviceId, ...request })}\n`);
      return line((value) => value["id"] === id);
    },
  };
}

async function statusesOf(deviceId: string, policyId: string): Promise<ReadonlyMap<string, string>> {
  const { reports } = await api<Report>("GET", `/cis/devices/${deviceId}/report?baselineId=${policyId}&limit=1`);
  return new Map(reports[0]?.result.findings.map(({ checkId, status }) => [checkId, status]));
}

function numbersWith(statuses: ReadonlyMap<string, string>, status: string): string[] {
  return [...statuses].filter(([, held]) => held === status).map(([number]) => number);
}

describe("the simulator's control channel", () => {
  it("reports facts that give the wanted verdicts, and leaves the rest as it was", { timeout }, async () => {
    const { ask, deviceId, devices } = await aSimulator();
    expect(devices).toEqual([{ deviceId, os: "linux", platform: "debian-12" }]);
    const policyId = await aBaseline();
    expect(await ask("verdicts", { policyId, verdicts: {} })).toMatchObject({
      result: { resultId: expect.any(String) },
    });
    const before = await statusesOf(deviceId, policyId);
    expect(numbersWith(before, "fail")).toEqual([]);
    expect(numbersWith(before, "error")).toEqual([]);
    expect(numbersWith(before, "pass").length).toBeGreaterThan(200);

    const wanted = { "3.3.1": "fail", "1.5.1": "fail", "5.1.1": "fail", "1.5.3": "error" } as const;
    const checkedAt = "2024-05-01T10:00:00.000Z";
    const answer = await ask("verdicts", { policyId, verdicts: wanted, checkedAt });
    const { reports } = await api<Report>("GET", `/cis/devices/${deviceId}/report?baselineId=${policyId}&limit=5`);
    const stored = reports.find(({ result }) => result.checkedAt === checkedAt);
    expect(answer).toMatchObject({ result: { resultId: stored?.result.id } });
    expect(new Map(stored?.result.findings.map(({ checkId, status }) => [checkId, status]))).toEqual(
      new Map([...before, ...Object.entries(wanted)]),
    );

    await ask("verdicts", { policyId, verdicts: { "3.3.1": "pass" } });
    expect(await statusesOf(deviceId, policyId)).toEqual(
      new Map([...before, ...Object.entries({ ...wanted, "3.3.1": "pass" })]),
    );
  });

  it("names the verdicts that cannot be had, and reports nothing then", { timeout }, async () => {
    const { ask, deviceId } = await aSimulator();
    const policyId = await aBaseline();
    for (const verdicts of [{ "9.9.9": "fail", "3.3.1": "fail" }, { "9.9.9": "manual" }]) {
      const { error, result } = await ask("verdicts", { policyId, verdicts });
      expect(error).toContain("9.9.9");
      expect(error).not.toContain("3.3.1");
      expect(result).toBeUndefined();
    }
    expect((await statusesOf(deviceId, policyId)).size).toBe(0);
    const late = await ask("verdicts", { policyId, verdicts: {}, checkedAt: "2090-01-01T00:00:00Z" });
    expect(late["error"]).toContain("24 hours");
    expect((await ask("verdicts", { policyId: deviceId, verdicts: {} }))["error"]).toEqual(expect.any(String));
  });

  it("gives each order for a scan once, as the server gave it", { timeout }, async () => {
    const { ask, deviceId } = await aSimulator();
    const policyId = await aBaseline({ level: "custom", customExclusions: ["1.1.1.1"] });
    const scan = (): Promise<unknown> => api("POST", "/cis/scan", { baselineId: policyId, deviceIds: [deviceId] });
    const awaitScan = (timeoutMs: number): Promise<Record<string, unknown>> =>
      ask("awaitScan", { policyId, timeoutMs });
    expect(await awaitScan(100)).toMatchObject({ result: null });
    const early = awaitScan(20_000);
    await scan();
    const order = { policyId, benchmarkVersion: "latest", level: "custom", customExclusions: ["1.1.1.1"] };
    expect(await early).toMatchObject({ result: { ...order, benchmark: "cis-debian-12@1.1.0" } });
    expect(await awaitScan(500)).toMatchObject({ result: null });

    await api("POST", "/cis/baselines", {
      id: policyId,
      name: "simulated",
      osType: "linux",
      benchmarkVersion: "1.1.0",
      level: "l1",
      customExclusions: [],
    });
    await scan();
    expect(await awaitScan(20_000)).toMatchObject({
      result: { policyId, benchmarkVersion: "1.1.0", level: "l1", customExclusions: [] },
    });
    await ask("verdicts", { policyId, verdicts: {} });
    await scan();
    expect(await awaitScan(20_000)).toMatchObject({ result: { policyId } });
  });

  it("takes remediation orders and reports how they ended", { timeout }, async () => {
    const { ask, deviceId } = await aSimulator();
    const baselineId = await aBaseline();
    await ask("verdicts", { policyId: baselineId, verdicts: { "3.3.1": "fail" } });
    const { actionIds } = await api<{ actionIds: string[] }>("POST", "/cis/remediate", {
      deviceId,
      baselineId,
      checkIds: ["3.3.1"],
      action: "apply",
    });
    const [actionId = ""] = actionIds;
    expect(await ask("awaitRemediation", { actionId, timeoutMs: 200 })).toMatchObject({ result: null });
    expect((await ask("completeRemediation", { actionId, success: true }))["error"]).toEqual(expect.any(String));
    await api("POST", "/cis/remediate/approve", { actionIds, approved: true }, await anotherPersonsToken());
    expect(await ask("awaitRemediation", { actionId, timeoutMs: 20_000 })).toMatchObject({
      result: { actionId, checkId: "3.3.1", action: "apply" },
    });
    const outcome = { success: false, error: "no space left", beforeState: { a: 1 }, rollbackHint: "none" };
    expect(await ask("completeRemediation", { actionId, ...outcome })).toMatchObject({ result: { reported: true } });
    const { data } = await api<{ data: Record<string, unknown>[] }>("GET", `/cis/remediations?deviceId=${deviceId}`);
    expect(data).toMatchObject([{ id: actionId, status: "failed", beforeState: { a: 1 }, rollbackHint: "none" }]);
  });

  it("answers malformed lines, with their id where there is one, and ends with its input", { timeout }, async () => {
    const { ask, input, lines, ended, deviceId } = await aSimulator();
    const policyId = await aBaseline();
    input.write('garbage\n[]\n{"id":7,"op":"fly"}\n{"id":8,"op":"verdicts"}\n\n');
    expect(await ask("awaitScan", { deviceId: "nobody", policyId })).toMatchObject({ error: expect.any(String) });
    expect(await ask("verdicts", { policyId, verdicts: { "3.3.1": "perhaps" } })).toMatchObject({
      error: expect.any(String),
    });
    expect(lines.slice(1, 5)).toEqual([
      { error: expect.any(String) },
      { error: expect.any(String) },
      { id: 7, error: expect.stringContaining("awaitScan") },
      { id: 8, error: expect.any(String) },
    ]);
    input.end(`${JSON.stringify({ id: 9, op: "verdicts", deviceId, policyId, verdicts: {} })}\n`);
    await ended;
    expect(lines.at(-1)).toMatchObject({ id: 9, result: { resultId: expect.any(String) } });
  });

  it("resumes the devices of a state directory with the facts they had", { timeout }, async () => {
    const stateDir = aStateDir();
    const policyId = await aBaseline();
    const first = await aSimulator({ stateDir });
    await first.ask("verdicts", { policyId, verdicts: { "3.3.1": "fail" } });
    first.stop();
    await first.ended;
    const second = await aSimulator({ stateDir, devices: 2, token });
    expect(second.devices[0]).toEqual(first.devices[0]);
    await second.ask("verdicts", { policyId, verdicts: { "1.5.1": "fail" } });
    expect(numbersWith(await statusesOf(second.deviceId, policyId), "fail")).toEqual(["1.5.1", "3.3.1"]);
  });

  it("has devices for which there is no benchmark: they report, and are never scored", { timeout }, async () => {
    const { ask, deviceId, devices } = await aSimulator({ os: "windows" });
    expect(devices).toMatchObject([{ os: "windows", platform: "windows-server-2022" }]);
    const policyId = await aBaseline({ osType: "windows" });
    expect(await ask("verdicts", { policyId, verdicts: {} })).toMatchObject({
      result: { resultId: expect.any(String) },
    });
    expect([...(await statusesOf(deviceId, policyId)).values()]).toEqual(["error"]);
    expect((await ask("verdicts", { policyId, verdicts: { "1.1.1": "fail" } }))["error"]).toContain("1.1.1");
  });
});

it("simulates a fleet that answers scans by itself, each device with other failures", { timeout }, async () => {
  const issued = await api<{ token: string }>("POST", "/api/v1/enrolment-tokens", { uses: 3 });
  const { devices, lines } = await aSimulator({ control: false, devices: 3, token: issued.token });
  await expect.poll(() => lines.filter(({ event }) => event === "reported").length, { timeout: 30_000 }).toBe(3);
  const policyId = server.firstRun?.policyId ?? "";
  const failing = await Promise.all(
    devices.map(async ({ deviceId }) => numbersWith(await statusesOf(deviceId, policyId), "fail").join()),
  );
  expect(new Set(failing).size).toBe(3);
});

async function anotherPersonsToken(): Promise<string> {
  const orgId = server.firstRun?.orgId ?? "";
  const email = `second-${Date.now()}@example.org`;
  const user = await api<{ id: string }>("POST", "/api/v1/users", {
    email,
    name: "Second",
    password: "a long enough password",
    orgId,
    permissions: ["devices:read", "devices:write", "orgs:write"],
  });
  const issued = await api<{ token: string }>("POST", "/api/v1/tokens", {
    name: "second",
    orgId,
    permissions: ["devices:read", "devices:write", "orgs:write"],
    userId: user.id,
  });
  return issued.token;
}
