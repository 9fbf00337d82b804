import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import { applyCheck, readCheck } from "@holdfast/engine/execute";
import type { WritableHost } from "@holdfast/engine/host";
import { type RecordedMachine, recordingHost } from "@holdfast/engine/hosts/recording";
import { readJournals } from "@holdfast/engine/journal";
import { planHash } from "@holdfast/engine/plan";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openRemediationRecords } from "./remediation-records.ts";
import { openRemediator, type Remediator } from "./remediation-work.ts";
import { aPack } from "./test/a-pack.ts";
import { type Answer, ServerUnreachable } from "./uplink.ts";

const pack = aPack();
const check = pack.checks.get("check-7");
const parameter = "/proc/sys/kernel/parameter_7";
const dropIn = "/etc/sysctl.d/99-zz-holdfast-kernel.parameter_7.conf";

let stateDir = "";
let machine: RecordedMachine;
let sent: { readonly path: string; readonly report: RemediationReport }[] = [];
let answer: Answer | "away" = { status: 200, body: {} };
let writes = 0;

beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-remediator-"));
  machine = recordingHost({ files: { [parameter]: "1\n" }, directories: ["/etc/sysctl.d"] });
  sent = [];
  answer = { status: 200, body: {} };
  writes = 0;
});
afterEach(() => rm(stateDir, { recursive: true }));

const host = (over: Partial<WritableHost> = {}): WritableHost => ({
  ...machine,
  async writeFile(...args) {
    writes += 1;
    await machine.writeFile(...args);
  },
  ...over,
});
const journalDirectory = () => path.join(stateDir, "journal");

async function aRemediator(over: Partial<WritableHost> = {}): Promise<Remediator> {
  return openRemediator({
    host: host(over),
    root: "/",
    pack,
    journalDirectory: journalDirectory(),
    records: await openRemediationRecords(stateDir),
    log: () => undefined,
    uplink: {
      signedHeaders: () => ({}),
      async request(_, address, body) {
        if (answer === "away") throw new ServerUnreachable("away");
        // What we sent ourselves.
        sent.push({ path: address, report: body as RemediationReport });
        return answer;
      },
    },
  });
}

async function anOrder(over: Partial<RemediationItem> = {}): Promise<RemediationItem> {
  const id = randomUUID();
  return {
    ...{ id, type: "remediation", actionId: id, policyId: randomUUID(), checkId: "1.7", check: "check-7" },
    ...{ benchmark: "a-benchmark@1.0.0", action: "apply", planHash: await approvedHash(), executionId: null },
    ...over,
  };
}

async function approvedHash(): Promise<string> {
  if (check === undefined) throw new Error("the pack has it");
  const { plan } = await readCheck({ host: machine, pack }, check);
  if ("none" in plan) throw new Error(plan.none);
  return planHash(plan);
}

async function carriedOut(order: RemediationItem, remediator?: Remediator): Promise<RemediationReport | undefined> {
  const used = remediator ?? (await aRemediator());
  await used.carryOut(order);
  await used.sendReports();
  return sent.at(-1)?.report;
}

it("applies, and reports what was there before and after and how to put it back", async () => {
  const order = await anOrder();
  const report = await carriedOut(order);
  expect(sent[0]?.path).toBe(`/agent/v1/remediations/${order.actionId}/report`);
  expect(report).toMatchObject({
    success: true,
    executionId: expect.any(String),
    beforeState: { "sysctl:kernel.parameter_7": { state: { running: "1" } } },
    afterState: { "sysctl:kernel.parameter_7": { state: { running: "0", onBoot: "0" } } },
  });
  expect(report?.rollbackHint).toContain(`holdfast rollback ${report?.executionId} --state-dir ${stateDir}`);
});

it("rolls back by the journal, by name or the last one of the check, and again without harm", async () => {
  const { executionId = null } = (await carriedOut(await anOrder())) ?? {};
  const before = { action: "rollback", planHash: null } as const;
  expect(await carriedOut(await anOrder({ ...before, executionId, planHash: null }))).toMatchObject({ success: true });
  expect(await machine.readText(parameter)).toBe("1\n");
  expect(await machine.readText(dropIn)).toBeNull();
  expect(await carriedOut(await anOrder({ ...before, executionId }))).toMatchObject({ success: true });
  await carriedOut(await anOrder());
  expect(await carriedOut(await anOrder({ ...before, planHash: null }))).toMatchObject({ success: true });
  expect(await machine.readText(parameter)).toBe("1\n");
});

it.each([
  ["another plan than the approved one", { planHash: "0".repeat(64) }, { stateChanged: true }],
  ["no approved plan", { planHash: null }, {}],
  ["a check it does not have", { check: "unheard-of" }, {}],
  ["a roll-back of what was never applied", { action: "rollback", planHash: null }, {}],
  ["a roll-back of an execution it does not have", { action: "rollback", executionId: "20260101-000000-abcdef" }, {}],
  ["a roll-back of a path", { action: "rollback", executionId: "../../etc/passwd" }, {}],
] as const)("refuses %s, and touches nothing", async (_, over, told) => {
  const nodes = JSON.stringify([...machine.nodes]);
  expect(await carriedOut(await anOrder(over))).toMatchObject({ success: false, error: expect.any(String), ...told });
  expect(JSON.stringify([...machine.nodes])).toBe(nodes);
});

it("does not change a machine it is not root on", async () => {
  const report = await carriedOut(await anOrder(), await aRemediator({ privileged: false }));
  expect(report).toMatchObject({ success: false, error: expect.stringContaining("root") });
  expect(writes).toBe(0);
});

it("does not put back what somebody has edited since, and shows it", async () => {
  await carriedOut(await anOrder());
  const undo = await anOrderToUndo();
  machine.put(dropIn, "kernel.parameter_7 = 0\n# mine\n");
  const report = await carriedOut(undo);
  expect(report).toMatchObject({ success: false, error: expect.stringContaining("+# mine") });
  expect(await machine.readText(dropIn)).toContain("# mine");
});

/** The check passes by now, so there is no plan to hash. */
async function anOrderToUndo(): Promise<RemediationItem> {
  const id = randomUUID();
  return {
    ...{ id, type: "remediation", actionId: id, policyId: randomUUID(), checkId: "1.7", check: "check-7" },
    ...{ benchmark: "a-benchmark@1.0.0", action: "rollback", planHash: null, executionId: null },
  };
}

it("carries an order out once, however often it is given, and keeps the report until it is taken", async () => {
  const order = await anOrder();
  const remediator = await aRemediator();
  answer = "away";
  await remediator.carryOut(order);
  await remediator.carryOut(order);
  expect(writes).toBe(1);
  await expect(remediator.sendReports()).rejects.toThrow(ServerUnreachable);
  const restarted = await aRemediator();
  await restarted.recover();
  await restarted.carryOut(order);
  expect(writes).toBe(1);
  answer = { status: 200, body: {} };
  await restarted.sendReports();
  await restarted.sendReports();
  expect(sent.map(({ report }) => report.success)).toEqual([true]);
});

it("gives up a report that the server will never take", async () => {
  answer = { status: 404, body: { detail: "no such action" } };
  const remediator = await aRemediator();
  await carriedOut(await anOrder(), remediator);
  await remediator.sendReports();
  expect(sent).toHaveLength(1);
});

it("tells, after it was stopped in between, what the journal says", async () => {
  const order = await anOrder();
  const records = await openRemediationRecords(stateDir);
  await records.save({ order, startedAt: new Date(Date.now() - 1000).toISOString(), report: null });
  if (check === undefined) throw new Error("the pack has it");
  const options = { host: host(), root: "/", journalDirectory: journalDirectory(), pack };
  await applyCheck(options, check, order.planHash ?? "");
  const restarted = await aRemediator();
  await restarted.recover();
  await restarted.sendReports();
  const [journal] = await readJournals(journalDirectory());
  expect(sent).toMatchObject([{ report: { success: true, executionId: journal?.id } }]);
});

it("starts again what had not touched anything when it was stopped", async () => {
  const order = await anOrder();
  const records = await openRemediationRecords(stateDir);
  await records.save({ order, startedAt: new Date().toISOString(), report: null });
  const restarted = await aRemediator();
  await restarted.recover();
  expect(await carriedOut(order, restarted)).toMatchObject({ success: true });
});

it("puts back what was interrupted half-way, and says so", async () => {
  const order = await anOrder();
  const records = await openRemediationRecords(stateDir);
  await records.save({ order, startedAt: new Date(Date.now() - 1000).toISOString(), report: null });
  if (check === undefined) throw new Error("the pack has it");
  // As if killed: the step after the file never comes back, nor does what would have cleaned up.
  const stuck = host({ setKernelParameter: () => new Promise(() => {}) });
  void applyCheck({ host: stuck, root: "/", journalDirectory: journalDirectory(), pack }, check, order.planHash ?? "");
  await expect.poll(() => machine.readText(dropIn)).not.toBeNull();
  await rm(path.join(journalDirectory(), "lock"));
  const restarted = await aRemediator();
  await restarted.recover();
  await restarted.sendReports();
  expect(sent).toMatchObject([{ report: { success: false, error: expect.stringContaining("stopped") } }]);
  expect(await machine.readText(dropIn)).toBeNull();
  expect(await machine.readText(parameter)).toBe("1\n");
});
