import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../context.ts";
import { storeUpload } from "../features/results/store-upload.ts";
import { useApp } from "../test/app.ts";
import { aDevice, anApiToken, anOrganisation, anUpload, aPolicy, type TestDevice } from "../test/factories.ts";
import { factsFailing } from "../test/pack.ts";

const testApp = useApp();
let owner: Ctx;
let token: string;
let device: TestDevice;
let stranger: TestDevice;
let strangersPolicy: string;
let strangersOwner: Ctx;

beforeAll(async () => {
  const { services } = testApp();
  ({ owner } = await anOrganisation(services));
  token = await anApiToken(services, owner.orgId);
  device = await aDevice(owner);
  const other = await anOrganisation(services);
  strangersOwner = other.owner;
  stranger = await aDevice(other.owner);
  strangersPolicy = (await aPolicy(other.owner)).id;
});

function call(method: "GET" | "POST", url: string, payload?: object) {
  const headers = { authorization: `Bearer ${token}` };
  return testApp().app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
}

const A = "/api/v1/compliance";

describe("interface A", () => {
  it("creates a policy with the documented defaults, and reads it back", async () => {
    const created = await call("POST", `${A}/policies`, {
      name: "Linux CIS Level 1",
      cis_level: "level_1",
      target_os: "linux",
      schedule_type: "continuous",
      check_interval_minutes: 60,
    });
    expect(created.statusCode).toBe(201);
    const policy = created.json<{ id: string }>();
    expect(policy).toMatchObject({
      enabled: true,
      cis_level: "level_1",
      target_os: "linux",
      schedule_type: "continuous",
      check_interval_minutes: 60,
      passing_score_threshold: 80,
    });
    expect((await call("GET", `${A}/policies/${policy.id}`)).json()).toEqual(policy);
    const listed = (await call("GET", `${A}/policies?enabled=true&limit=1`)).json<{
      items: unknown[];
      total: number;
    }>();
    expect(listed.items).toHaveLength(1);
    // The same policy is a baseline of interface B.
    const { data } = (await call("GET", "/cis/baselines")).json<{ data: { id: string }[] }>();
    expect(data).toContainEqual(
      expect.objectContaining({
        id: policy.id,
        level: "l1",
        scanSchedule: expect.objectContaining({ intervalHours: 1 }),
      }),
    );
  });

  it("takes macos for darwin and refuses what is not documented", async () => {
    const mac = await call("POST", `${A}/policies`, { name: "m", cis_level: "level_2", target_os: "macos" });
    expect(mac.json()).toMatchObject({ target_os: "darwin", cis_level: "level_2" });
    const bad = await call("POST", `${A}/policies`, { name: "m", target_os: "linux", check_interval_minutes: 4 });
    expect(bad.statusCode).toBe(422);
    expect(bad.json()).toMatchObject({ status: 422, detail: expect.stringContaining("check_interval_minutes") });
  });

  it("shows results and the score of a device", async () => {
    const policy = await aPolicy(owner);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
    const score = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
    expect(score.json()).toMatchObject({
      score: 72.2,
      risk_level: "high",
      passed_checks: 2,
      failed_checks: 1,
      skipped_checks: 1,
      exempted_checks: 0,
      error_checks: 0,
      total_checks: 4,
      critical_failed: 0,
      high_failed: 1,
    });
    const failed = await call("GET", `${A}/results/agent/${device.deviceId}?policy_id=${policy.id}&status=failed`);
    expect(failed.json()).toMatchObject({
      total: 1,
      items: [{ status: "failed", severity: "high", check: { cis_id: "1.1.2", category: "kernel" } }],
    });
  });

  it("has a null score before the first scan and asks for the policy", async () => {
    const policy = await aPolicy(owner);
    const url = `${A}/score/agent/${device.deviceId}`;
    expect((await call("GET", `${url}?policy_id=${policy.id}`)).json()).toMatchObject({
      score: null,
      risk_level: null,
    });
    expect((await call("GET", url)).statusCode).toBe(422);
  });

  it("triggers a scan, once while one is open, and hides other organisations", async () => {
    const policy = await aPolicy(owner);
    const url = (id: string, policyId: string) => `${A}/scan/agent/${id}?policy_id=${policyId}`;
    const triggered = await call("POST", url(device.deviceId, policy.id));
    expect(triggered.json()).toEqual({ status: "triggered", agent_uuid: device.deviceId, policy_id: policy.id });
    expect((await call("POST", url(stranger.deviceId, policy.id))).statusCode).toBe(404);
    expect((await call("POST", url(device.deviceId, strangersPolicy))).statusCode).toBe(404);
    expect((await call("GET", `${A}/results/agent/${stranger.deviceId}`)).statusCode).toBe(404);
    expect((await call("GET", `${A}/policies/${strangersPolicy}`)).statusCode).toBe(404);
    const windows = await aPolicy(owner, { osType: "windows" });
    expect((await call("POST", url(device.deviceId, windows.id))).statusCode).toBe(422);
  });
});

describe("interface B", () => {
  const body = { name: "B", osType: "linux", benchmarkVersion: "1.1.0", level: "custom", extra: "ignored" };

  it.each(["/cis", "/api/v1/cis"])("creates and updates a baseline under %s", async (prefix) => {
    const created = await call("POST", `${prefix}/baselines`, {
      ...body,
      orgId: owner.orgId,
      customExclusions: ["1.1.2", "9.9"],
      scanSchedule: { enabled: true, intervalHours: 24, nextScanAt: null },
    });
    expect(created.statusCode).toBe(201);
    const { data, warnings } = created.json<{ data: { id: string }; warnings: string[] }>();
    expect(data).toMatchObject({ level: "custom", isActive: true, benchmarkVersion: "1.1.0", orgId: owner.orgId });
    expect(warnings).toEqual([expect.stringContaining("9.9")]);
    const updated = await call("POST", `${prefix}/baselines`, { ...body, id: data.id, level: "l1", isActive: false });
    expect(updated.statusCode).toBe(200);
    expect(updated.json()).toMatchObject({ data: { id: data.id, level: "l1", isActive: false } });
    const scan = await call("POST", `${prefix}/scan`, { baselineId: data.id });
    expect(scan.statusCode).toBe(400);
  });

  it("refuses with 400 and its own error shape, and hides other organisations", async () => {
    const bad = await call("POST", "/cis/baselines", { ...body, osType: "beos" });
    expect(bad.statusCode).toBe(400);
    expect(bad.json()).toEqual({ error: expect.stringContaining("osType") });
    expect((await call("POST", "/cis/baselines", { ...body, id: strangersPolicy })).statusCode).toBe(404);
    expect((await call("POST", "/cis/scan", { baselineId: strangersPolicy })).statusCode).toBe(404);
    expect((await call("GET", `/cis/devices/${stranger.deviceId}/report`)).statusCode).toBe(404);
    expect((await call("GET", "/cis/baselines?limit=201")).statusCode).toBe(400);
  });

  it("queues a scan with the id its job has, or says that there is no device", async () => {
    const policy = await aPolicy(owner);
    const queued = await call("POST", "/cis/scan", { baselineId: policy.id, deviceIds: [device.deviceId] });
    expect(queued.statusCode).toBe(202);
    expect(queued.json()).toMatchObject({ message: "CIS scan queued", jobId: expect.any(String), deviceCount: 1 });
    const windows = await aPolicy(owner, { osType: "windows" });
    const none = await call("POST", "/cis/scan", { baselineId: windows.id });
    expect(none.json()).toMatchObject({ jobId: null, deviceCount: 0 });
    for (const deviceIds of [[stranger.deviceId], [device.deviceId, stranger.deviceId]]) {
      expect((await call("POST", "/cis/scan", { baselineId: policy.id, deviceIds })).statusCode).toBe(400);
    }
    expect((await call("POST", "/cis/scan", { baselineId: windows.id, deviceIds: [device.deviceId] })).statusCode).toBe(
      400,
    );
  });

  it("reports a device's history with findings, newest first", async () => {
    const policy = await aPolicy(owner, { scoring: "flat" });
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    for (const [minutes, facts] of [
      [9, factsFailing()],
      [5, factsFailing("critical", "high")],
    ] as const) {
      await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts, { checkedAt: at(minutes) }));
    }
    const { device: shown, reports } = (
      await call("GET", `/cis/devices/${device.deviceId}/report?baselineId=${policy.id}`)
    ).json();
    expect(shown).toMatchObject({ id: device.deviceId, osType: "linux", status: "offline" });
    expect(reports).toHaveLength(2);
    expect(reports[0]).toMatchObject({
      baseline: { id: policy.id },
      result: {
        totalChecks: 3,
        passedChecks: 1,
        failedChecks: 2,
        score: 33,
        summary: { fail: 2, failedBySeverity: { critical: 1, high: 1 } },
      },
    });
    expect(reports[0].result.findings).toContainEqual(
      expect.objectContaining({ checkId: "1.1.1", status: "fail", severity: "critical" }),
    );
  });
});

describe("our own routes", () => {
  it("tell those who watch what happens in their organisation, and nothing of another's", async () => {
    const { app } = testApp();
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const watching = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${address}/api/v1/events`, { headers, signal: watching.signal });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const other = await aPolicy(strangersOwner);
    await storeUpload(stranger.ctx(), stranger.deviceId, anUpload(other.id, factsFailing()));
    const policy = await aPolicy(owner);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing()));
    let text = "";
    while (!text.includes("data:")) text += (await reader?.read())?.value ?? "";
    const [, json = ""] = /^data: (.*)$/m.exec(text) ?? [];
    expect(JSON.parse(json)).toMatchObject({ type: "scan", deviceId: device.deviceId, state: "completed" });
    expect(text).not.toContain(stranger.deviceId);
    watching.abort();
  });

  it("list devices with their latest results, filtered", async () => {
    const { items } = (await call("GET", `/api/v1/devices?os=linux&status=offline`)).json();
    expect(items).toMatchObject([{ id: device.deviceId, platform: { id: "debian" }, scan: { state: "queued" } }]);
    expect(items[0].latest.length).toBeGreaterThan(0);
    expect((await call("GET", "/api/v1/devices?search=zzz")).json()).toEqual({ items: [], total: 0 });
    expect((await call("GET", `/api/v1/devices/${stranger.deviceId}`)).statusCode).toBe(404);
    expect((await call("GET", `/api/v1/devices/${stranger.deviceId}/findings`)).statusCode).toBe(404);
  });

  it("sum up a policy, worst failures first", async () => {
    const policy = await aPolicy(owner);
    const facts = factsFailing("medium", "critical");
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const overview = (await call("GET", `/api/v1/overview?policyId=${policy.id}`)).json();
    expect(overview).toMatchObject({
      policyId: policy.id,
      devices: { total: 1, online: 0, scanned: 1 },
      score: 27.8,
      riskLevel: "critical",
      riskDistribution: { critical: 1 },
      counts: { fail: 2, pass: 1, not_ported: 1 },
      worst: [
        { checkId: "1.1.1", severity: "critical", failCount: 1, deviceId: device.deviceId },
        { checkId: "1.1.3", severity: "medium" },
      ],
    });
    expect((await call("GET", `/api/v1/overview?policyId=${strangersPolicy}`)).statusCode).toBe(404);
  });

  it("are described, with the interfaces, in an OpenAPI document whose operations have a name each", async () => {
    const document = (await call("GET", "/api/v1/openapi.json")).json<{
      paths: Record<string, Record<string, { operationId: string }>>;
    }>();
    const names = Object.values(document.paths).flatMap((item) =>
      Object.values(item).map(({ operationId }) => operationId),
    );
    expect(names.every((name) => typeof name === "string")).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });
});
