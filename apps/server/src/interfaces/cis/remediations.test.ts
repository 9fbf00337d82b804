import { randomUUID } from "node:crypto";
import type { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import type { Observation } from "@holdfast/contracts/fact";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../context.ts";
import { asSystem } from "../../context.ts";
import { dispatchRemediation } from "../../features/remediations/jobs.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller, send } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, aUser, type TestDevice } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { runOutbox } from "../../test/run-outbox.ts";
import { sendSigned } from "../../test/signed-agent.ts";
import { newToken, tokenHash } from "../../tokens.ts";

const testApp = useApp();
let owner: Ctx;
let maker: Caller;
let checker: Caller;
let stranger: Caller;

beforeAll(async () => {
  ({ owner } = await anOrganisation(testApp().services));
  maker = await aCaller(testApp(), owner.orgId);
  checker = await aCaller(testApp(), owner.orgId);
  const other = await anOrganisation(testApp().services);
  stranger = await aCaller(testApp(), other.orgId);
});

/** A device on which the checks of these severities fail: 1.1.1 critical, 1.1.2 high, 1.1.3 medium. */
async function aFailingDevice(facts: Record<string, Observation> = factsFailing("critical", "high")) {
  const policy = await aPolicy(owner, { scoring: "flat" });
  const device = await aDevice(owner);
  const { resultId } = await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
  return { policy, device, deviceId: device.deviceId, resultId };
}

async function request(body: object, call = maker) {
  return call("POST", "/cis/remediate", body);
}

async function approve(actionIds: readonly string[], over: object = {}, call = checker) {
  return call("POST", "/cis/remediate/approve", { actionIds, approved: true, ...over });
}

async function requested(deviceId: string, checkIds = ["1.1.2"], action = "apply"): Promise<string[]> {
  const { status, body } = await request({ deviceId, checkIds, action });
  expect(body).toMatchObject({ approvalStatus: "pending" });
  expect(status).toBe(201);
  return body.actionIds;
}

async function actionOf(id: string) {
  const { data } = (await maker("GET", "/cis/remediations?limit=200")).body;
  return data.find((action: { id: string }) => action.id === id);
}

const dispatch = () => runOutbox(testApp().services, [dispatchRemediation]);

async function claim(device: TestDevice): Promise<RemediationItem[]> {
  const { items } = (await sendSigned(testApp().app, device, "POST", "/work/claim", {})).json();
  return items.filter(({ type }: { type: string }) => type === "remediation");
}

async function report(device: TestDevice, actionId: string, body: RemediationReport): Promise<number> {
  return (await sendSigned(testApp().app, device, "POST", `/remediations/${actionId}/report`, body)).statusCode;
}

/** Requested, approved, taken and done. */
async function completed(device: TestDevice, checkId = "1.1.2", action = "apply"): Promise<string> {
  const [id = ""] = await requested(device.deviceId, [checkId], action);
  await approve([id]);
  await dispatch();
  await claim(device);
  expect(await report(device, id, { success: true, executionId: "20260101-000000-abcdef" })).toBe(200);
  return id;
}

describe("POST /cis/remediate", () => {
  it("creates one pending action per check, by the device's newest result", async () => {
    const { policy, deviceId, resultId } = await aFailingDevice();
    const { status, body } = await request({ deviceId, checkIds: ["1.1.2", "1.1.1"], reason: "Quarterly" });
    expect(status).toBe(201);
    expect(body).toEqual({
      message: "Created 2 CIS remediation action(s) pending approval",
      deviceId,
      baselineId: policy.id,
      baselineResultId: resultId,
      actionIds: [expect.any(String), expect.any(String)],
      approvalStatus: "pending",
    });
    const [first = "", second = ""] = body.actionIds;
    expect(await actionOf(first)).toMatchObject({ checkId: "1.1.2", reason: "Quarterly" });
    expect(await actionOf(second)).toMatchObject({ checkId: "1.1.1" });
  });

  it("shows everything about an action, with the exact changes, their hash and the risk", async () => {
    const { policy, deviceId, resultId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    const action = await actionOf(id);
    expect(Object.keys(action).sort()).toEqual(
      [
        ...["id", "orgId", "deviceId", "deviceHostname", "baselineId", "baselineName", "baselineResultId", "checkId"],
        ...["action", "status", "approvalStatus", "requestedBy", "reason", "approvedBy", "approvedAt", "approvalNote"],
        ...["executedAt", "beforeState", "afterState", "details", "rollbackHint", "createdAt"],
        ...["plan", "planHash", "risk"],
      ].sort(),
    );
    expect(action).toMatchObject({
      orgId: owner.orgId,
      deviceId,
      deviceHostname: expect.stringContaining("host-"),
      baselineId: policy.id,
      baselineName: policy.name,
      baselineResultId: resultId,
      checkId: "1.1.2",
      action: "apply",
      status: "pending_approval",
      approvalStatus: "pending",
      approvedBy: null,
      executedAt: null,
      beforeState: null,
      planHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { waitingFor: "approval" },
    });
    expect(action.plan).toContain("+test.high = 1");
    expect(action.plan).toContain("running test.high: 0 -> 1");
  });

  it("goes by the baseline and the result it names", async () => {
    const { policy, deviceId, resultId } = await aFailingDevice();
    const byResult = await request({
      deviceId,
      baselineId: policy.id,
      baselineResultId: resultId,
      checkIds: ["1.1.1"],
    });
    expect(byResult.body).toMatchObject({ baselineId: policy.id, baselineResultId: resultId });
    const other = await aFailingDevice();
    for (const named of [
      { baselineResultId: other.resultId },
      { baselineResultId: randomUUID() },
      { baselineId: randomUUID() },
      { baselineId: other.policy.id },
      { baselineId: other.policy.id, baselineResultId: resultId },
    ]) {
      expect(await request({ deviceId, checkIds: ["1.1.2"], ...named })).toMatchObject({ status: 404 });
    }
  });

  it("refuses with invalidCheckIds what is not failing, and then creates nothing", async () => {
    const { deviceId } = await aFailingDevice();
    // 1.1.3 passes, 1.2.1 is of Level 2, 1.2.2 is not ported, 9.9 is nothing.
    const { status, body } = await request({ deviceId, checkIds: ["1.1.2", "1.1.3", "1.2.1", "1.2.2", "9.9"] });
    expect(status).toBe(400);
    expect(body.invalidCheckIds).toEqual(["1.1.3", "1.2.1", "1.2.2", "9.9"]);
    expect(body.error).toContain("not currently failing");
    const { pagination } = (await maker("GET", `/cis/remediations?deviceId=${deviceId}`)).body;
    expect(pagination.total).toBe(0);
  });

  it("refuses what failed in an older result and passes by now", async () => {
    const { policy, device, deviceId, resultId } = await aFailingDevice();
    await storeUpload(device.ctx(), deviceId, anUpload(policy.id, factsFailing("critical")));
    const old = await request({ deviceId, baselineResultId: resultId, checkIds: ["1.1.2"] });
    expect(old).toMatchObject({ status: 400, body: { invalidCheckIds: ["1.1.2"] } });
    const still = await request({ deviceId, baselineResultId: resultId, checkIds: ["1.1.1"] });
    expect(still).toMatchObject({ status: 201, body: { baselineResultId: resultId } });
  });

  it("refuses with manualCheckIds what has no safe fix, and says what to do by hand", async () => {
    const facts = {
      ...factsFailing("critical"),
      // A file that no drop-in of ours counts over.
      "sysctl:test.high": { state: { running: "0", onBoot: "0", source: "/etc/sysctl.conf:1", dropIn: null } },
    };
    const { deviceId } = await aFailingDevice(facts);
    const { status, body } = await request({ deviceId, checkIds: ["1.1.1", "1.1.2"] });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      manualCheckIds: ["1.1.2"],
      manualSteps: { "1.1.2": expect.stringContaining("Set test.high to 1.") },
      error: expect.stringContaining("Set test.high to 1."),
    });
  });

  it("answers 404 for a device without a result, an unknown one and a stranger's", async () => {
    const device = await aDevice(owner);
    for (const deviceId of [device.deviceId, randomUUID()]) {
      expect(await request({ deviceId, checkIds: ["1.1.1"] })).toMatchObject({
        status: 404,
        body: { error: expect.any(String) },
      });
    }
    const { deviceId } = await aFailingDevice();
    expect(await request({ deviceId, checkIds: ["1.1.1"] }, stranger)).toMatchObject({ status: 404 });
    const orgId = (await anOrganisation(testApp().services)).orgId;
    expect(await request({ deviceId, orgId, checkIds: ["1.1.1"] })).toMatchObject({ status: 404 });
  });

  it("answers 409 while an action for the device and check is open, also to requests at the same time", async () => {
    const { deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    const again = await request({ deviceId, checkIds: ["1.1.1", "1.1.2"] });
    expect(again).toMatchObject({ status: 409, body: { conflictingCheckIds: ["1.1.2"], conflictingActionIds: [id] } });
    const answers = await Promise.all([1, 2, 3, 4].map(() => request({ deviceId, checkIds: ["1.1.1"] })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    await approve([id], { approved: false });
    expect(await request({ deviceId, checkIds: ["1.1.2"] })).toMatchObject({ status: 201 });
  });

  it.each([
    ["no device", { checkIds: ["1.1.1"] }],
    ["no checks", { deviceId: randomUUID(), checkIds: [] }],
    ["101 checks", { deviceId: randomUUID(), checkIds: Array.from({ length: 101 }, (_, n) => `${n}`) }],
    ["a checkId that is no text", { deviceId: randomUUID(), checkIds: [1] }],
    ["an unknown action", { deviceId: randomUUID(), checkIds: ["1"], action: "explode" }],
    ["a long reason", { deviceId: randomUUID(), checkIds: ["1"], reason: "x".repeat(1001) }],
    ["an id that is none", { deviceId: "x", checkIds: ["1"] }],
  ])("answers 400 to %s", async (_, body) => {
    expect(await request(body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it("ignores fields it does not know and checks named twice", async () => {
    const { deviceId } = await aFailingDevice();
    const { status, body } = await request({ deviceId, checkIds: ["1.1.2", "1.1.2"], colour: "blue" });
    expect(status).toBe(201);
    expect(body.actionIds).toHaveLength(1);
  });

  it("needs orgs:write", async () => {
    const reader = await aCaller(testApp(), owner.orgId, ["devices:read", "devices:write"]);
    const { deviceId } = await aFailingDevice();
    expect(await request({ deviceId, checkIds: ["1.1.1"] }, reader)).toMatchObject({ status: 403 });
    expect(await approve([randomUUID()], {}, reader)).toMatchObject({ status: 403 });
    const writer = await aCaller(testApp(), owner.orgId, ["orgs:write"]);
    expect((await writer("GET", "/cis/remediations")).status).toBe(403);
    expect((await testApp().app.inject("/cis/remediations")).statusCode).toBe(401);
  });
});

describe("POST /cis/remediate/approve", () => {
  it("queues what is approved, with who, when and the note", async () => {
    const { deviceId } = await aFailingDevice();
    const ids = await requested(deviceId, ["1.1.1", "1.1.2"]);
    expect(await approve(ids, { note: "go" })).toEqual({
      status: 200,
      body: { approved: true, queued: 2, actionIds: ids, skippedIds: [] },
    });
    expect(await actionOf(ids[0] ?? "")).toMatchObject({
      status: "queued",
      approvalStatus: "approved",
      approvalNote: "go",
      approvedBy: expect.any(String),
      approvedAt: expect.any(String),
    });
  });

  it("cancels what is rejected, one's own too, and the device hears nothing", async () => {
    const { device, deviceId } = await aFailingDevice();
    const ids = await requested(deviceId);
    expect(await approve(ids, { approved: false, note: "no" }, maker)).toEqual({
      status: 200,
      body: { approved: false, rejected: 1, actionIds: ids, skippedIds: [] },
    });
    expect(await actionOf(ids[0] ?? "")).toMatchObject({ status: "cancelled", approvalStatus: "rejected" });
    await dispatch();
    expect(await claim(device)).toEqual([]);
  });

  it("refuses the requester with selfApprovedIds, and decides nothing", async () => {
    const { deviceId } = await aFailingDevice();
    const [own = ""] = await requested(deviceId);
    const { body } = await request({ deviceId, checkIds: ["1.1.1"] }, checker);
    const refused = await approve([own, ...body.actionIds], {}, maker);
    expect(refused).toMatchObject({ status: 403, body: { selfApprovedIds: [own], error: expect.any(String) } });
    expect(await actionOf(body.actionIds[0])).toMatchObject({ status: "pending_approval" });
  });

  it("knows a person behind whichever of their tokens they use", async () => {
    const { services } = testApp();
    const { userId } = await aUser(services, owner.orgId);
    const tokenOf = async (): Promise<Caller> => {
      const token = newToken("hf");
      await asSystem(services, (db) =>
        db
          .insertInto("apiToken")
          .values({
            orgId: owner.orgId,
            userId,
            name: "one of several",
            tokenHash: tokenHash(token),
            permissions: ["devices:read", "devices:write", "orgs:write"],
          })
          .execute(),
      );
      return (method, path, payload) => send(testApp(), method, path, { authorization: `Bearer ${token}` }, payload);
    };
    const { deviceId } = await aFailingDevice();
    const { body } = await request({ deviceId, checkIds: ["1.1.1"] }, await tokenOf());
    expect(await actionOf(body.actionIds[0])).toMatchObject({ requestedBy: userId });
    expect(await approve(body.actionIds, {}, await tokenOf())).toMatchObject({ status: 403 });
    expect(await approve(body.actionIds)).toMatchObject({ status: 200 });
  });

  it("answers 404 with missingIds for unknown and foreign ids, and decides nothing", async () => {
    const { deviceId } = await aFailingDevice();
    const ids = await requested(deviceId);
    const unknown = randomUUID();
    expect(await approve([...ids, unknown])).toMatchObject({ status: 404, body: { missingIds: [unknown] } });
    expect(await actionOf(ids[0] ?? "")).toMatchObject({ status: "pending_approval" });
    expect(await approve(ids, {}, stranger)).toMatchObject({ status: 404, body: { missingIds: ids } });
  });

  it("answers 400 when nothing is pending, and skips what is decided otherwise", async () => {
    const { deviceId } = await aFailingDevice();
    const [first = "", second = ""] = await requested(deviceId, ["1.1.1", "1.1.2"]);
    await approve([first], { approved: false });
    expect(await approve([first])).toMatchObject({ status: 400, body: { error: expect.stringContaining("pending") } });
    expect(await approve([first, second])).toMatchObject({
      status: 200,
      body: { queued: 1, actionIds: [second], skippedIds: [first] },
    });
  });

  it("decides each action once when several decide at the same time", async () => {
    const { deviceId } = await aFailingDevice();
    const ids = await requested(deviceId, ["1.1.1", "1.1.2"]);
    const answers = await Promise.all(
      [true, false, true, false].map((approved, n) => approve(n % 2 ? ids : [...ids].reverse(), { approved })),
    );
    const decided = answers.filter(({ status }) => status === 200);
    expect(decided).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(3);
  });

  it("refuses a plan that is not the one that was looked at", async () => {
    const { deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    const { planHash } = await actionOf(id);
    const stale = await approve([id], { planHashes: { [id]: "0".repeat(64) } });
    expect(stale).toMatchObject({ status: 409, body: { changedIds: [id] } });
    expect(await approve([id], { planHashes: { [id]: planHash } })).toMatchObject({ status: 200 });
  });

  it.each([
    ["no ids", { actionIds: [], approved: true }],
    ["501 ids", { actionIds: Array.from({ length: 501 }, () => randomUUID()), approved: true }],
    ["no decision", { actionIds: [randomUUID()] }],
    ["a decision that is none", { actionIds: [randomUUID()], approved: "yes" }],
    ["a long note", { actionIds: [randomUUID()], approved: true, note: "x".repeat(1001) }],
  ])("answers 400 to %s", async (_, body) => {
    const response = await checker("POST", "/cis/remediate/approve", body);
    expect(response.status).toBe(400);
    expect(response.body).toEqual({ error: expect.any(String) });
  });
});

describe("on the device", () => {
  it("an approved action is taken once, as an order that names a check and no commands", async () => {
    const { policy, device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    expect(await claim(device)).toEqual([]);
    await approve([id]);
    expect(await claim(device)).toEqual([]);
    await dispatch();
    const { planHash } = await actionOf(id);
    expect(await claim(device)).toEqual([
      {
        id,
        type: "remediation",
        actionId: id,
        policyId: policy.id,
        checkId: "1.1.2",
        check: "a-high",
        benchmark: "cis-debian-12@1.1.0",
        action: "apply",
        planHash,
        executionId: null,
      },
    ]);
    expect(await actionOf(id)).toMatchObject({ status: "in_progress", approvalStatus: "approved" });
    expect(await claim(device)).toEqual([]);
  });

  it("is told what the policy sets, which the plan was made with", async () => {
    const { policy, device, deviceId } = await aFailingDevice();
    const parameters = { "high-setting": "2" };
    expect((await checker("POST", "/cis/baselines", { id: policy.id, parameters })).status).toBe(200);
    const [id = ""] = await requested(deviceId);
    expect((await actionOf(id)).plan).toContain("2");
    await approve([id]);
    await dispatch();
    expect(await claim(device)).toMatchObject([{ checkId: "1.1.2", parameters }]);
  });

  it("completes with what was there before and after, and how to put it back", async () => {
    const { device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    await approve([id]);
    await dispatch();
    await claim(device);
    const told = { success: true, beforeState: { a: "0" }, afterState: { a: "1" }, rollbackHint: "put it back" };
    expect(await report(device, id, told)).toBe(200);
    const { success: _, ...shown } = told;
    expect(await actionOf(id)).toMatchObject({ ...shown, status: "completed", executedAt: expect.any(String) });
    // The same report again, or another one, changes nothing.
    expect(await report(device, id, { success: false, error: "no" })).toBe(200);
    expect(await actionOf(id)).toMatchObject({ status: "completed" });
  });

  it("fails with the reason, and can be asked for again", async () => {
    const { device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    await approve([id]);
    await dispatch();
    await claim(device);
    await report(device, id, { success: false, error: "The disk is full." });
    expect(await actionOf(id)).toMatchObject({
      status: "failed",
      approvalStatus: "approved",
      details: { message: "The disk is full." },
    });
    await requested(deviceId);
  });

  it("is reported by its own device only, and after it was taken", async () => {
    const { device, deviceId } = await aFailingDevice();
    const other = await aDevice(owner);
    const [id = ""] = await requested(deviceId);
    expect(await report(device, id, { success: true })).toBe(404);
    await approve([id]);
    await dispatch();
    await claim(device);
    expect(await report(other, id, { success: true })).toBe(404);
    expect(await report(device, randomUUID(), { success: true })).toBe(404);
    expect(await report(device, "x", { success: true })).toBe(404);
    expect(await report(device, id, { success: true, afterState: "\0" })).toBe(422);
    expect(await report(device, id, { success: true, afterState: "x".repeat(300_000) })).toBe(422);
    expect(await actionOf(id)).toMatchObject({ status: "in_progress" });
  });

  it("goes back to the approver with the new plan when the device had changed", async () => {
    const { policy, device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    const { planHash } = await actionOf(id);
    await approve([id]);
    await dispatch();
    await claim(device);
    const facts = {
      ...factsFailing("critical", "high"),
      "sysctl:test.high": { state: { running: "2", onBoot: "2", source: null, dropIn: null } },
    };
    await storeUpload(device.ctx(), deviceId, anUpload(policy.id, facts));
    await report(device, id, { success: false, stateChanged: true, error: "The machine has changed." });
    const action = await actionOf(id);
    expect(action).toMatchObject({
      status: "pending_approval",
      approvalStatus: "pending",
      approvedBy: null,
      approvedAt: null,
      details: { message: "The machine has changed.", waitingFor: "approval" },
    });
    expect(action.planHash).not.toBe(planHash);
    expect(action.plan).toContain("running test.high: 2 -> 1");
    await approve([id]);
    await dispatch();
    expect(await claim(device)).toMatchObject([{ actionId: id, planHash: action.planHash }]);
  });

  it("fails when the device had changed and nothing is left to do", async () => {
    const { policy, device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    await approve([id]);
    await dispatch();
    await claim(device);
    await storeUpload(device.ctx(), deviceId, anUpload(policy.id, factsFailing("critical")));
    await report(device, id, { success: false, stateChanged: true, error: "The machine has changed." });
    expect(await actionOf(id)).toMatchObject({ status: "failed", details: { message: "The machine has changed." } });
  });
});

describe("a roll-back", () => {
  it("undoes the last completed apply, with its journal, after approval", async () => {
    const { device, deviceId } = await aFailingDevice();
    const applied = await completed(device);
    const [id = ""] = await requested(deviceId, ["1.1.2"], "rollback");
    const action = await actionOf(id);
    expect(action).toMatchObject({ action: "rollback", status: "pending_approval", details: { rollsBack: applied } });
    expect(action.plan).toContain("-test.high = 1");
    expect(action.plan).toContain("running test.high: 1 -> 0");
    await approve([id]);
    await dispatch();
    expect(await claim(device)).toMatchObject([
      { actionId: id, action: "rollback", planHash: null, executionId: "20260101-000000-abcdef" },
    ]);
    await report(device, id, { success: true });
    expect(await actionOf(id)).toMatchObject({ status: "completed" });
  });

  it("needs an apply that was completed and not rolled back yet", async () => {
    const { device, deviceId } = await aFailingDevice();
    const none = await request({ deviceId, checkIds: ["1.1.2"], action: "rollback" });
    expect(none).toMatchObject({ status: 400, body: { invalidCheckIds: ["1.1.2"] } });
    await completed(device);
    await completed(device, "1.1.2", "rollback");
    const twice = await request({ deviceId, checkIds: ["1.1.2"], action: "rollback" });
    expect(twice).toMatchObject({ status: 400, body: { invalidCheckIds: ["1.1.2"] } });
  });
});

describe("cancelling", () => {
  const cancel = async (id: string, call = maker) => {
    return call("POST", `/api/v1/remediations/${id}/cancel`);
  };

  it("ends what waits for a device that is away, as which it is shown", async () => {
    const { device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    await approve([id]);
    await dispatch();
    expect(await actionOf(id)).toMatchObject({
      status: "queued",
      details: { waitingFor: "device", message: expect.stringContaining("offline") },
    });
    expect(await cancel(id)).toMatchObject({
      status: 200,
      body: { id, status: "cancelled", approvalStatus: "approved" },
    });
    expect(await claim(device)).toEqual([]);
    expect(await cancel(id)).toMatchObject({ status: 409, body: { detail: expect.any(String), status: 409 } });
  });

  it("ends what is not decided or not dispatched yet, which then never runs", async () => {
    const { device, deviceId } = await aFailingDevice();
    const [undecided = "", approved = ""] = await requested(deviceId, ["1.1.1", "1.1.2"]);
    expect(await cancel(undecided)).toMatchObject({ body: { status: "cancelled", approvalStatus: "rejected" } });
    await approve([approved]);
    expect(await cancel(approved)).toMatchObject({ status: 200 });
    await dispatch();
    expect(await claim(device)).toEqual([]);
  });

  it("is refused once the device has it, and hidden from strangers", async () => {
    const { device, deviceId } = await aFailingDevice();
    const [id = ""] = await requested(deviceId);
    expect(await cancel(id, stranger)).toMatchObject({ status: 404 });
    expect(await cancel(randomUUID())).toMatchObject({ status: 404 });
    await approve([id]);
    await dispatch();
    await claim(device);
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: "conflict" } });
  });
});

describe("GET /cis/remediations", () => {
  it("filters by everything documented and pages, newest first", async () => {
    const { policy, deviceId } = await aFailingDevice();
    const [first = "", second = ""] = await requested(deviceId, ["1.1.1", "1.1.2"]);
    await approve([second]);
    const list = async (query: string) => (await maker("GET", `/api/v1/cis/remediations?${query}`)).body;
    const ids = async (query: string) => (await list(query)).data.map(({ id }: { id: string }) => id).sort();
    const all = [first, second].sort();
    expect(await ids(`deviceId=${deviceId}`)).toEqual(all);
    expect(await ids(`baselineId=${policy.id}&orgId=${owner.orgId}`)).toEqual(all);
    expect(await ids(`deviceId=${deviceId}&status=queued`)).toEqual([second]);
    expect(await ids(`deviceId=${deviceId}&status=pending_approval`)).toEqual([first]);
    expect(await ids(`deviceId=${deviceId}&approvalStatus=approved`)).toEqual([second]);
    expect(await ids(`deviceId=${deviceId}&approvalStatus=pending`)).toEqual([first]);
    await approve([first], { approved: false });
    expect(await ids(`deviceId=${deviceId}&approvalStatus=rejected&status=cancelled`)).toEqual([first]);
    const page = await list(`deviceId=${deviceId}&limit=1&offset=1&unknown=1`);
    expect(page.data).toHaveLength(1);
    expect(page.pagination).toEqual({ limit: 1, offset: 1, total: 2 });
    expect((await list("")).pagination).toMatchObject({ limit: 100, offset: 0 });
  });

  it("answers 400 to what is out of range and 404 to another organisation's", async () => {
    for (const query of ["limit=0", "limit=201", "offset=-1", "status=done", "approvalStatus=x", "deviceId=x"]) {
      expect((await maker("GET", `/cis/remediations?${query}`)).status, query).toBe(400);
    }
    const { deviceId, policy } = await aFailingDevice();
    expect((await stranger("GET", `/cis/remediations?deviceId=${deviceId}`)).status).toBe(404);
    expect((await stranger("GET", `/cis/remediations?baselineId=${policy.id}`)).status).toBe(404);
    expect((await stranger("GET", `/cis/remediations?orgId=${owner.orgId}`)).status).toBe(404);
    expect((await stranger("GET", "/cis/remediations")).body).toMatchObject({ data: [], pagination: { total: 0 } });
  });
});
