import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../context.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, type TestDevice } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
let strangers: Caller;
let stranger: TestDevice;

beforeAll(async () => {
  const { owner, orgId } = await anOrganisation(testApp().services);
  strangers = await aCaller(testApp(), orgId);
  stranger = await aDevice(owner);
});

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const hour = 3_600_000;

interface Scene {
  readonly owner: Ctx;
  readonly call: Caller;
  readonly policyId: string;
  readonly devices: readonly TestDevice[];
  readonly checkId: string;
  score(device?: number): Promise<Record<string, unknown>>;
}

/** Two devices that fail the high check. */
async function scene(): Promise<Scene> {
  const { owner, orgId } = await anOrganisation(testApp().services);
  const call = await aCaller(testApp(), orgId);
  const policyId = (await aPolicy(owner)).id;
  const devices = [await aDevice(owner), await aDevice(owner)];
  for (const device of devices) {
    await storeUpload(device.ctx(), device.deviceId, anUpload(policyId, factsFailing("high")));
  }
  const { items } = (await call("GET", `${A}/results/agent/${devices[0]?.deviceId}?status=failed`)).body;
  const score = async (device = 0) =>
    (await call("GET", `${A}/score/agent/${devices[device]?.deviceId}?policy_id=${policyId}`)).body;
  return { owner, call, policyId, devices, checkId: items[0].check_id, score };
}

const open = { score: 72.2, risk_level: "high", failed_checks: 1, exempted_checks: 0, high_failed: 1, total_checks: 4 };
const excused = {
  score: 100,
  risk_level: "low",
  failed_checks: 0,
  exempted_checks: 1,
  high_failed: 0,
  total_checks: 4,
};

describe("an exception", () => {
  it("is created as documented and listed", async () => {
    const { call, checkId, devices } = await scene();
    const body = { check_id: checkId, agent_uuid: devices[0]?.deviceId, reason: "Approved.", expires_at: inMs(hour) };
    const created = await call("POST", `${A}/exceptions`, body);
    expect(created).toEqual({
      status: 201,
      body: {
        ...body,
        id: expect.any(String),
        is_active: true,
        created_at: expect.any(String),
        created_by: expect.stringMatching(/^[0-9a-f-]{36}$/),
      },
    });
    expect((await call("GET", `${A}/exceptions`)).body).toEqual({ items: [created.body], total: 1 });
  });

  it("takes effect on stored results at once, on its device only", async () => {
    const { call, checkId, devices, score } = await scene();
    expect(await score()).toMatchObject(open);
    await call("POST", `${A}/exceptions`, { check_id: checkId, agent_uuid: devices[0]?.deviceId, reason: "r" });
    expect(await score(0)).toMatchObject(excused);
    expect(await score(1)).toMatchObject(open);
    const results = `${A}/results/agent/${devices[0]?.deviceId}`;
    expect((await call("GET", `${results}?status=exempted`)).body).toMatchObject({
      total: 1,
      items: [{ check_id: checkId }],
    });
    expect((await call("GET", `${results}?status=failed`)).body.total).toBe(0);
  });

  it("without an agent holds for all of the organisation, also for those scanned later", async () => {
    const { owner, call, checkId, policyId, score } = await scene();
    const { body } = await call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r", agent_uuid: null });
    expect(body).toMatchObject({ agent_uuid: null, expires_at: null });
    expect(await score(0)).toMatchObject(excused);
    expect(await score(1)).toMatchObject(excused);
    const later = await aDevice(owner);
    await storeUpload(later.ctx(), later.deviceId, anUpload(policyId, factsFailing("high")));
    expect((await call("GET", `${A}/score/agent/${later.deviceId}?policy_id=${policyId}`)).body).toMatchObject(excused);
  });

  it("counts once where two hold, and until the last of them ends", async () => {
    const { call, checkId, devices, score } = await scene();
    const body = { check_id: checkId, reason: "r" };
    const { body: first } = await call("POST", `${A}/exceptions`, body);
    await call("POST", `${A}/exceptions`, { ...body, agent_uuid: devices[0]?.deviceId });
    expect(await score(0)).toMatchObject(excused);
    await call("DELETE", `${A}/exceptions/${first.id}`);
    expect(await score(0)).toMatchObject(excused);
    expect(await score(1)).toMatchObject(open);
  });

  it("ends by the clock", async () => {
    const { call, checkId, score } = await scene();
    await call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r", expires_at: inMs(1200) });
    expect(await score()).toMatchObject(excused);
    await sleep(1300);
    expect(await score()).toMatchObject(open);
    expect((await call("GET", `${A}/exceptions`)).body.items).toMatchObject([{ is_active: false }]);
  });

  it("is revoked with 204, at once, and kept; again changes nothing", async () => {
    const { call, checkId, score } = await scene();
    const { body } = await call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r" });
    for (let n = 0; n < 2; n += 1) {
      expect(await call("DELETE", `${A}/exceptions/${body.id}`)).toEqual({ status: 204, body: null });
      expect(await score()).toMatchObject(open);
    }
    expect((await call("GET", `${A}/exceptions`)).body).toEqual({ items: [{ ...body, is_active: false }], total: 1 });
  });

  it("leaves a passing check passed, and excuses it when it fails later", async () => {
    const { call, policyId, devices } = await scene();
    const device = devices[0] as TestDevice;
    const url = `${A}/results/agent/${device.deviceId}`;
    const [passed] = (await call("GET", `${url}?status=passed`)).body.items;
    await call("POST", `${A}/exceptions`, { check_id: passed.check_id, reason: "r" });
    expect((await call("GET", `${url}?status=exempted`)).body.total).toBe(0);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policyId, factsFailing("critical")));
    expect((await call("GET", `${url}?status=exempted`)).body).toMatchObject({ total: 1 });
    expect((await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policyId}`)).body).toMatchObject({
      score: 100,
      risk_level: "low",
      critical_failed: 0,
    });
  });

  it("leaves the statistics' failures, and history as it was judged", async () => {
    const { call, checkId, devices, policyId } = await scene();
    expect((await call("GET", `${A}/stats`)).body).toMatchObject({ compliant_agents: 0, average_score: 72.2 });
    await call("POST", `${A}/exceptions`, { check_id: checkId, agent_uuid: devices[0]?.deviceId, reason: "r" });
    expect((await call("GET", `${A}/stats`)).body).toMatchObject({
      compliant_agents: 1,
      non_compliant_agents: 1,
      average_score: 86.1,
      risk_distribution: { low: 1, high: 1 },
    });
    expect((await call("GET", `${A}/stats/top-failing`)).body).toMatchObject([{ check_id: checkId, fail_count: 1 }]);
    expect((await call("GET", `${A}/stats/non-compliant`)).body).toMatchObject({
      total: 1,
      agents: [{ agent_uuid: devices[1]?.deviceId }],
    });
    expect((await call("GET", `${A}/trend`)).body).toMatchObject([{ average_score: 86.1, failed_checks: 1 }]);
    const history = (await call("GET", `${A}/history/agent/${devices[0]?.deviceId}?policy_id=${policyId}`)).body;
    expect(history).toMatchObject([{ score: 72.2, failed_checks: 1 }]);
  });

  it("keeps the failure in interface B, out of its counts", async () => {
    const { call, checkId, devices } = await scene();
    await call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r" });
    const { reports } = (await call("GET", `/cis/devices/${devices[0]?.deviceId}/report`)).body;
    expect(reports[0].result).toMatchObject({ failedChecks: 0, totalChecks: 2, score: 100 });
    expect(reports[0].result.findings).toContainEqual(expect.objectContaining({ checkId: "1.1.2", status: "fail" }));
  });

  it.each([
    ["an end in the past", { expires_at: inMs(-1000) }, "expires_at"],
    ["an end that is no time", { expires_at: "2024-12-31" }, "expires_at"],
    ["no reason", { reason: "" }, "reason"],
    ["a reason of blanks", { reason: "\n " }, '"reason" must not be blank'],
    ["a reason that is too long", { reason: "x".repeat(2001) }, "reason"],
    ["a reason that is no text", { reason: 5 }, "reason"],
    ["an agent that is no uuid", { agent_uuid: "x" }, "agent_uuid"],
    ["a check that is no uuid", { check_id: "1.1.1" }, "check_id"],
    ["an unknown field", { approved: true }, "approved"],
  ])("is refused with %s", async (_, change, field) => {
    const { call, checkId } = await scene();
    const { status, body } = await call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r", ...change });
    expect([status, body]).toEqual([
      422,
      { detail: expect.stringContaining(field), status: 422, code: expect.any(String) },
    ]);
  });

  it("is of the organisation's checks and agents, and seen by no other", async () => {
    const { call, checkId } = await scene();
    const post = (body: object) => call("POST", `${A}/exceptions`, { check_id: checkId, reason: "r", ...body });
    expect((await post({ agent_uuid: stranger.deviceId })).status).toBe(404);
    expect((await post({ agent_uuid: randomUUID() })).status).toBe(404);
    expect((await post({ check_id: randomUUID() })).status).toBe(404);
    expect((await strangers("POST", `${A}/exceptions`, { check_id: checkId, reason: "r" })).status).toBe(404);
    const { body } = await post({});
    expect((await strangers("DELETE", `${A}/exceptions/${body.id}`)).status).toBe(404);
    expect((await strangers("GET", `${A}/exceptions`)).body.items).not.toContainEqual(body);
    expect((await call("DELETE", `${A}/exceptions/${randomUUID()}`)).status).toBe(404);
    expect((await call("DELETE", `${A}/exceptions/x`)).status).toBe(422);
  });

  it("is listed in pages, newest first", async () => {
    const { call, checkId } = await scene();
    for (const reason of ["a", "b", "c"]) await call("POST", `${A}/exceptions`, { check_id: checkId, reason });
    const { items, total } = (await call("GET", `${A}/exceptions?skip=1&limit=1`)).body;
    expect([items.map(({ reason }: { reason: string }) => reason), total]).toEqual([["b"], 3]);
  });
});
