import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runAgent } from "@holdfast/agent/main";
import type { Check, Pack } from "@holdfast/content/pack";
import type { Json } from "@holdfast/contracts/json";
import type { WritableHost } from "@holdfast/engine/host";
import { directoryHost } from "@holdfast/engine/hosts/directory";
import { recordingHost } from "@holdfast/engine/hosts/recording";
import { findResource } from "@holdfast/engine/registry";
import { startServer } from "@holdfast/server/main";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { connect } from "../apps/server/src/db/connection.ts";
import { cloneDatabase } from "../apps/server/src/test/database.ts";
import { anApiToken, testServices } from "../apps/server/src/test/factories.ts";

/* The whole way of a fix: server, relay, queue and worker, and the real agent on a machine that may be changed. */

const key = "net.ipv4.ip_forward";
const dropIn = "/etc/sysctl.d/99-zz-holdfast-net.ipv4.ip_forward.conf";
const osRelease = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12"\n';

const pack: Pack = {
  digest: "cd".repeat(32),
  conditions: new Map(),
  checks: new Map(
    [
      aCheck("forwarding", "sysctl", { key }, { equals: "0" }),
      aCheck("passwd", "file", { path: "/etc/passwd" }, { mode_max: "0644" }),
    ].map((check) => [check.id, check]),
  ),
  benchmarks: [
    {
      id: "cis-debian-12",
      version: "1.1.0",
      title: "CIS Debian Linux 12 Benchmark",
      osType: "linux",
      platforms: [{ id: "debian", version: "12" }],
      sections: {},
      recommendations: [
        { number: "3.3.1", check: "forwarding", server: 1, workstation: 1, assessment: "automated" },
        { number: "7.1.1", check: "passwd", server: 1, workstation: 1, assessment: "automated" },
      ],
    },
  ],
};

function aCheck(id: string, kind: string, target: Json, desired: Json): Check {
  const address = findResource(kind)?.address(target as never) ?? "";
  const texts = { title: id, rationale: "", impact: "", remediation: "By hand.", category: "network" };
  const require = { expectation: { kind, target, desired, address } };
  return { id, ...texts, severity: "medium", applies: [], require, notPorted: null };
}

const eventually = <T>(work: () => Promise<T>) => vi.waitFor(work, { timeout: 30_000, interval: 50 });

/** A server of its own, with a person and a second one. */
async function aServer(redisUrl: string | null) {
  const { url: databaseUrl, end } = await cloneDatabase();
  const stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-remediation-"));
  const server = await startServer({
    pack,
    stateDir,
    databaseUrl,
    port: 0,
    logLevel: "silent",
    ...(redisUrl === null ? {} : { redisUrl }),
  });
  onTestFinished(async () => {
    await server.close();
    await end();
    await rm(stateDir, { recursive: true, force: true });
  });
  const { firstRun } = server;
  if (firstRun === null) throw new Error("the database was empty");
  const call = async (token: string, method: string, address: string, body?: object) => {
    const response = await fetch(`${server.url}${address}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = JSON.parse(await response.text());
    if (!response.ok) throw new Error(`${address}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  const maker = (method: string, address: string, body?: object) => call(firstRun.apiToken, method, address, body);
  const connection = connect(databaseUrl, 1, () => undefined);
  const token = await anApiToken(testServices({ url: databaseUrl, connection }), firstRun.orgId);
  await connection.close();
  const checker = (method: string, address: string, body?: object) => call(token, method, address, body);
  return { server, firstRun, maker, checker };
}

type Server = Awaited<ReturnType<typeof aServer>>;

/** The real agent, enrolled; its device once the first scan is there. */
async function anAgent({ server, firstRun, maker }: Server, host: WritableHost, root: string) {
  const stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-remediation-agent-"));
  const lines: string[] = [];
  const enrolmentToken = await server.issueEnrolmentToken(firstRun.orgId);
  function start() {
    const abort = new AbortController();
    const ended = runAgent({
      serverUrl: server.url,
      stateDir,
      enrolmentToken,
      pack,
      host,
      root,
      signal: abort.signal,
      log: (line) => lines.push(line),
      lowPriority: false,
      firstRetryMs: 20,
    });
    return async () => {
      abort.abort();
      await ended;
    };
  }
  let stop = start();
  onTestFinished(async () => {
    await stop();
    await rm(stateDir, { recursive: true, force: true });
  });
  const deviceId = await eventually(async () => {
    const { items } = await maker("GET", "/api/v1/devices");
    const scanned = items.find((device: { latest: unknown[] }) => device.latest.length > 0);
    expect(scanned).toBeDefined();
    return String(scanned.id);
  });
  return {
    deviceId,
    lines,
    stop: () => stop(),
    restart: () => {
      stop = start();
    },
  };
}

async function act({ maker, checker }: Server, deviceId: string, checkId: string, action: string): Promise<string> {
  const { actionIds } = await maker("POST", "/cis/remediate", { deviceId, checkIds: [checkId], action });
  await checker("POST", "/cis/remediate/approve", { actionIds, approved: true });
  return actionIds[0];
}

async function actionOf({ maker }: Server, id: string) {
  const { data } = await maker("GET", "/cis/remediations?limit=200");
  return data.find((action: { id: string }) => action.id === id);
}

async function ended(server: Server, id: string) {
  return eventually(async () => {
    const action = await actionOf(server, id);
    expect(["completed", "failed", "pending_approval"]).toContain(action.status);
    return action;
  });
}

async function verdicts({ maker }: Server, deviceId: string): Promise<Record<string, string>> {
  const { findings } = await maker("GET", `/api/v1/devices/${deviceId}/findings`);
  return Object.fromEntries(
    findings.map((finding: { checkId: string; status: string }) => [finding.checkId, finding.status]),
  );
}

let root = "";
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "holdfast-remediation-root-"));
  for (const directory of ["etc", "etc/sysctl.d"]) await mkdir(path.join(root, directory));
  await writeFile(path.join(root, "etc/os-release"), osRelease);
  await writeFile(path.join(root, "etc/sysctl.d/50-router.conf"), `${key} = 1\n`);
  await writeFile(path.join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await writeFile(path.join(root, "etc/group"), "root:x:0:\n");
  await chmod(path.join(root, "etc/passwd"), 0o666);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const backends = [null, ...(process.env["REDIS_URL"] === undefined ? [] : [process.env["REDIS_URL"]])];

describe.each(backends)("with jobs on %s (null: PostgreSQL)", (redisUrl) => {
  it("fixes a file and a setting on disk, shows the new verdicts, and puts both back", async () => {
    const server = await aServer(redisUrl);
    const agent = await anAgent(server, await directoryHost(root), root);
    expect(await verdicts(server, agent.deviceId)).toEqual({ "3.3.1": "fail", "7.1.1": "fail" });

    const ids = [];
    for (const checkId of ["3.3.1", "7.1.1"]) ids.push(await act(server, agent.deviceId, checkId, "apply"));
    for (const id of ids) expect(await ended(server, id)).toMatchObject({ status: "completed" });
    expect(await readFile(path.join(root, dropIn), "utf8")).toBe(`${key} = 0\n`);
    expect((await stat(path.join(root, "etc/passwd"))).mode & 0o777).toBe(0o644);
    // When the action is done, the new verdict is there.
    expect(await verdicts(server, agent.deviceId)).toEqual({ "3.3.1": "pass", "7.1.1": "pass" });
    const applied = await actionOf(server, ids[0] ?? "");
    expect(applied.beforeState).toMatchObject({ [`sysctl:${key}`]: { state: { onBoot: "1" } } });
    expect(applied.afterState).toMatchObject({ [`sysctl:${key}`]: { state: { onBoot: "0" } } });
    expect(applied.rollbackHint).toContain(applied.details.executionId);

    for (const checkId of ["3.3.1", "7.1.1"])
      expect(await ended(server, await act(server, agent.deviceId, checkId, "rollback"))).toMatchObject({
        status: "completed",
      });
    await expect(stat(path.join(root, dropIn))).rejects.toThrow("ENOENT");
    expect((await stat(path.join(root, "etc/passwd"))).mode & 0o777).toBe(0o666);
    expect(await verdicts(server, agent.deviceId)).toEqual({ "3.3.1": "fail", "7.1.1": "fail" });
  });
});

it("refuses a device that changed after the approval; the action goes back with the new plan", async () => {
  const server = await aServer(null);
  const agent = await anAgent(server, await directoryHost(root), root);
  await chmod(path.join(root, "etc/passwd"), 0o777);
  const id = await act(server, agent.deviceId, "7.1.1", "apply");
  const returned = await ended(server, id);
  expect(returned).toMatchObject({
    status: "pending_approval",
    approvalStatus: "pending",
    details: { message: expect.stringContaining("changed since the plan was approved") },
  });
  expect(returned.plan).toContain("0777 -> 0644");
  expect((await stat(path.join(root, "etc/passwd"))).mode & 0o777).toBe(0o777);
  await server.checker("POST", "/cis/remediate/approve", { actionIds: [id], approved: true });
  expect(await ended(server, id)).toMatchObject({ status: "completed" });
  expect((await stat(path.join(root, "etc/passwd"))).mode & 0o777).toBe(0o644);
});

it("fails an apply that does not make the check pass, with everything put back", async () => {
  const server = await aServer(null);
  const machine = recordingHost({
    osRelease,
    files: { "/proc/sys/net/ipv4/ip_forward": "1\n", "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n" },
    directories: ["/etc/sysctl.d"],
  });
  const stubborn = { ...machine, setKernelParameter: async () => undefined };
  const agent = await anAgent(server, stubborn, "/");
  const action = await ended(server, await act(server, agent.deviceId, "3.3.1", "apply"));
  expect(action).toMatchObject({ status: "failed", approvalStatus: "approved" });
  expect(action.details.message).toContain("the check is fail, not pass");
  expect(action.details.message).toContain("Everything is as it was before.");
  expect(await machine.readText(dropIn)).toBeNull();
  expect(await verdicts(server, agent.deviceId)).toMatchObject({ "3.3.1": "fail" });
});

it("keeps an action for a device that is away, which takes it when it is back", async () => {
  const server = await aServer(null);
  const agent = await anAgent(server, await directoryHost(root), root);
  await agent.stop();
  const id = await act(server, agent.deviceId, "7.1.1", "apply");
  await eventually(async () =>
    expect(await actionOf(server, id)).toMatchObject({ status: "queued", details: { waitingFor: "device" } }),
  );
  agent.restart();
  expect(await ended(server, id)).toMatchObject({ status: "completed" });
});
