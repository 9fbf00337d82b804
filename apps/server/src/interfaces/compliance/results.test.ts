import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../context.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, digestOf, type TestDevice } from "../../test/factories.ts";
import { factsFailing, unknownLinux } from "../../test/pack.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
let owner: Ctx;
let call: Caller;
let device: TestDevice;
let stranger: TestDevice;
let strangersPolicy: string;

beforeAll(async () => {
  const first = await anOrganisation(testApp().services);
  owner = first.owner;
  call = await aCaller(testApp(), first.orgId);
  device = await aDevice(owner);
  const second = await anOrganisation(testApp().services);
  stranger = await aDevice(second.owner);
  strangersPolicy = (await aPolicy(second.owner)).id;
});

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

async function scanned(...failing: Parameters<typeof factsFailing>) {
  const policy = await aPolicy(owner);
  const upload = anUpload(policy.id, factsFailing(...failing));
  await storeUpload(device.ctx(), device.deviceId, upload);
  return { policyId: policy.id, checkedAt: upload.checkedAt };
}

describe("results of an agent", () => {
  it("have the members the document shows, each an id of its own", async () => {
    const { policyId, checkedAt } = await scanned("high");
    const { items, total } = (await call("GET", `${A}/results/agent/${device.deviceId}?policy_id=${policyId}`)).body;
    expect(total).toBe(4);
    expect(items[1]).toMatchObject({
      check_id: expect.any(String),
      policy_id: policyId,
      status: "failed",
      actual_value: { value: expect.stringContaining("0") },
      expected_value: { value: expect.stringContaining("1") },
      severity: "high",
      checked_at: checkedAt,
      check: { cis_id: "1.1.2", cis_title: "The high setting is on", category: "kernel" },
    });
    expect(new Set(items.map(({ id }: { id: string }) => id)).size).toBe(4);
  });

  it("are filtered by policy and status, and paged", async () => {
    const { policyId } = await scanned("high");
    const count = async (query: string) => {
      const { items, total } = (
        await call("GET", `${A}/results/agent/${device.deviceId}?policy_id=${policyId}${query}`)
      ).body;
      return [items.length, total];
    };
    expect(await count("")).toEqual([4, 4]);
    expect(await count("&status=passed")).toEqual([2, 2]);
    expect(await count("&status=failed")).toEqual([1, 1]);
    expect(await count("&status=skipped")).toEqual([1, 1]);
    expect(await count("&status=error")).toEqual([0, 0]);
    expect(await count("&status=exempted")).toEqual([0, 0]);
    expect(await count("&skip=3&limit=2")).toEqual([1, 4]);
  });

  it("refuse other statuses and ids, and hide what is not the organisation's", async () => {
    const url = `${A}/results/agent/${device.deviceId}`;
    for (const query of ["status=pass", "policy_id=x", "limit=0", "colour=red"]) {
      expect((await call("GET", `${url}?${query}`)).status, query).toBe(422);
    }
    expect((await call("GET", `${A}/results/agent/x`)).status).toBe(422);
    expect((await call("GET", `${url}?policy_id=${strangersPolicy}`)).status).toBe(404);
    expect((await call("GET", `${url}?policy_id=${randomUUID()}`)).status).toBe(404);
    expect((await call("GET", `${A}/results/agent/${stranger.deviceId}`)).status).toBe(404);
  });

  it("are one error on a device that no benchmark is for, never a score", async () => {
    const policy = await aPolicy(owner);
    const odd = await aDevice(owner, unknownLinux);
    await storeUpload(odd.ctx(), odd.deviceId, anUpload(policy.id, {}, { platform: unknownLinux, benchmark: "" }));
    const { items } = (await call("GET", `${A}/results/agent/${odd.deviceId}`)).body;
    expect(items).toMatchObject([{ status: "error", message: expect.stringContaining("no benchmark") }]);
    const { body } = await call("GET", `${A}/score/agent/${odd.deviceId}?policy_id=${policy.id}`);
    expect(body).toMatchObject({ score: null, risk_level: null, error_checks: 1, total_checks: 1 });
  });

  it("follow a change of level or exclusions at once, with the time they had", async () => {
    const { policyId, checkedAt } = await scanned("high", "low");
    const score = async () =>
      (await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policyId}`)).body as Record<string, unknown>;
    expect(await score()).toMatchObject({ failed_checks: 1, total_checks: 4 });
    await call("PUT", `${A}/policies/${policyId}`, { cis_level: "level_2" });
    expect(await score()).toMatchObject({
      failed_checks: 2,
      low_failed: 1,
      total_checks: 5,
      last_checked_at: checkedAt,
    });
    const baseline = { id: policyId, name: "p", osType: "linux", benchmarkVersion: "1.1.0", level: "l2" };
    await call("POST", "/cis/baselines", { ...baseline, customExclusions: ["1.1.2", "1.2.1"] });
    expect(await score()).toMatchObject({ score: 100, failed_checks: 0, total_checks: 3, last_checked_at: checkedAt });
    const history = (await call("GET", `${A}/history/agent/${device.deviceId}?policy_id=${policyId}`)).body;
    expect(history).toMatchObject([{ score: 100, recorded_at: checkedAt }]);
  });
});

describe("the score of an agent", () => {
  it("has exactly the members and sums of the document", async () => {
    const { policyId, checkedAt } = await scanned("high");
    expect((await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policyId}`)).body).toEqual({
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
      medium_failed: 0,
      low_failed: 0,
      last_checked_at: checkedAt,
    });
  });

  it("is null before the first scan, all counts 0", async () => {
    const policy = await aPolicy(owner);
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
    expect(body).toMatchObject({ score: null, risk_level: null, total_checks: 0, last_checked_at: null });
  });

  it("counts what could not be read as error, in neither sum", async () => {
    const policy = await aPolicy(owner);
    const { "sysctl:test.critical": _, ...facts } = factsFailing();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
    expect(body).toMatchObject({ score: 100, error_checks: 1, passed_checks: 2, total_checks: 4 });
  });

  it("is null when nothing was evaluated", async () => {
    const policy = await aPolicy(owner, { exclusions: ["1.1.1", "1.1.2", "1.1.3"] });
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing()));
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
    expect(body).toMatchObject({ score: null, risk_level: null, total_checks: 1, skipped_checks: 1 });
  });

  it.each([
    [[], 100, "low"],
    [["medium"], 83.3, "medium"],
    [["high"], 72.2, "high"],
    [["critical"], 44.4, "critical"],
    [["critical", "high", "medium"], 0, "critical"],
  ] as const)("of failures %j is %d, risk %s", async (failing, score, risk) => {
    const { policyId } = await scanned(...failing);
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policyId}`);
    expect(body).toMatchObject({ score, risk_level: risk });
  });

  it("weighs each check alike when the policy came through interface B", async () => {
    const baseline = { name: "p", osType: "linux", benchmarkVersion: "1.1.0", level: "l1" };
    const { data } = (await call("POST", "/cis/baselines", baseline)).body;
    await storeUpload(device.ctx(), device.deviceId, anUpload(data.id, factsFailing("high")));
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${data.id}`);
    expect(body.score).toBe(66.7);
  });

  it("wants a policy, and hides what is not the organisation's", async () => {
    const policy = await aPolicy(owner);
    const { status, body } = await call("GET", `${A}/score/agent/${device.deviceId}`);
    expect([status, body.detail]).toEqual([422, expect.stringContaining("policy_id")]);
    expect((await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${strangersPolicy}`)).status).toBe(404);
    expect((await call("GET", `${A}/score/agent/${stranger.deviceId}?policy_id=${policy.id}`)).status).toBe(404);
  });
});

describe("the history of an agent", () => {
  it("is one point per scan, oldest first, at most so many days back", async () => {
    const policy = await aPolicy(owner);
    const facts = factsFailing("high");
    for (const days of [1, 40, 3]) {
      await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts, { checkedAt: daysAgo(days) }));
    }
    // Nothing new was found: a point all the same.
    const again = { base: digestOf(facts), changed: {} };
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts, again));
    const url = `${A}/history/agent/${device.deviceId}?policy_id=${policy.id}`;
    const points = (await call("GET", url)).body;
    expect(points).toHaveLength(3);
    expect(points[0]).toEqual({
      recorded_at: expect.any(String),
      score: 72.2,
      risk_level: "high",
      passed_checks: 2,
      failed_checks: 1,
    });
    const times = points.map(({ recorded_at }: { recorded_at: string }) => recorded_at);
    expect(times).toEqual([...times].sort());
    expect((await call("GET", `${url}&days=2`)).body).toHaveLength(2);
    expect((await call("GET", `${url}&days=365`)).body).toHaveLength(4);
  });

  it("is empty before the first scan, and refuses what is no number of days", async () => {
    const fresh = await aDevice(owner);
    expect((await call("GET", `${A}/history/agent/${fresh.deviceId}`)).body).toEqual([]);
    for (const days of ["0", "-1", "x", "1.5", "366"]) {
      expect((await call("GET", `${A}/history/agent/${fresh.deviceId}?days=${days}`)).status, days).toBe(422);
    }
    expect((await call("GET", `${A}/history/agent/${stranger.deviceId}`)).status).toBe(404);
    expect((await call("GET", `${A}/history/agent/${fresh.deviceId}?policy_id=${strangersPolicy}`)).status).toBe(404);
  });
});

describe("triggering a scan", () => {
  it("answers as documented and leaves one piece of work", async () => {
    const policy = await aPolicy(owner);
    const url = `${A}/scan/agent/${device.deviceId}?policy_id=${policy.id}`;
    for (let n = 0; n < 2; n += 1) {
      expect(await call("POST", url)).toEqual({
        status: 200,
        body: { status: "triggered", agent_uuid: device.deviceId, policy_id: policy.id },
      });
    }
    expect((await call("GET", `/api/v1/devices/${device.deviceId}`)).body.scan).toMatchObject({ state: "queued" });
  });

  it("refuses a policy of another system or one that is disabled, and wants one at all", async () => {
    const windows = await aPolicy(owner, { osType: "windows" });
    const disabled = await aPolicy(owner, { enabled: false });
    for (const query of [`?policy_id=${windows.id}`, `?policy_id=${disabled.id}`, "", "?policy_id=x"]) {
      expect((await call("POST", `${A}/scan/agent/${device.deviceId}${query}`)).status, query).toBe(422);
    }
    const policy = await aPolicy(owner);
    expect((await call("POST", `${A}/scan/agent/${stranger.deviceId}?policy_id=${policy.id}`)).status).toBe(404);
    expect((await call("POST", `${A}/scan/agent/${device.deviceId}?policy_id=${strangersPolicy}`)).status).toBe(404);
  });
});

describe("imported results", () => {
  const findings = [
    { checkId: "1.1.1", title: "A title", severity: "critical", status: "pass", evidence: { a: 1 }, message: "" },
    { checkId: "1.1.2", status: "fail", unknown: "is left alone" },
    { checkId: "7.7", title: "Elsewhere", severity: "low", status: "not_applicable" },
    { checkId: "7.8", status: "error", message: "No permission." },
  ];
  const importing = (policyId: string, change: object = {}) =>
    call("POST", `/api/v1/devices/${device.deviceId}/results`, {
      policyId,
      checkedAt: new Date().toISOString(),
      source: "another scanner",
      findings,
      ...change,
    });

  it("are kept as given, marked, counted and scored like any", async () => {
    const policy = await aPolicy(owner);
    const { status, body } = await importing(policy.id);
    expect([status, body]).toEqual([201, { resultId: expect.any(String) }]);
    const { items } = (await call("GET", `${A}/results/agent/${device.deviceId}?policy_id=${policy.id}`)).body;
    expect(items).toMatchObject([
      { status: "passed", severity: "critical", actual_value: { a: 1 }, check: { cis_title: "A title" } },
      { status: "failed", severity: "high", check: { cis_title: "The high setting is on", category: "kernel" } },
      { status: "skipped", severity: "low", check: { cis_id: "7.7" } },
      { status: "error", message: "No permission.", source: "another scanner" },
    ]);
    expect((await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`)).body).toMatchObject({
      score: 66.7,
      passed_checks: 1,
      failed_checks: 1,
      skipped_checks: 1,
      error_checks: 1,
      total_checks: 4,
    });
    const { reports } = (await call("GET", `/cis/devices/${device.deviceId}/report?baselineId=${policy.id}`)).body;
    expect(reports).toMatchObject([{ result: { id: body.resultId, totalChecks: 2, failedChecks: 1 } }]);
  });

  it("leave out what the policy excludes, also when it comes to that later", async () => {
    const policy = await aPolicy(owner, { exclusions: ["7.8"] });
    await importing(policy.id);
    const score = async () =>
      (await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`)).body as Record<string, unknown>;
    expect(await score()).toMatchObject({ error_checks: 0, total_checks: 3 });
    const baseline = { id: policy.id, name: "p", osType: "linux", benchmarkVersion: "1.1.0", level: "l1" };
    await call("POST", "/cis/baselines", { ...baseline, customExclusions: ["1.1.2"] });
    expect(await score()).toMatchObject({ score: 100, error_checks: 1, total_checks: 3 });
  });

  it("of one time: the one received last is the latest; an older one is history", async () => {
    const policy = await aPolicy(owner);
    const checkedAt = daysAgo(1);
    await importing(policy.id, { checkedAt });
    await importing(policy.id, { checkedAt, findings: [{ checkId: "1.1.1", status: "pass" }] });
    await importing(policy.id, { checkedAt: daysAgo(2), findings: [{ checkId: "1.1.1", status: "fail" }] });
    const { body } = await call("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
    expect(body).toMatchObject({ score: 100, last_checked_at: checkedAt });
    const points = (await call("GET", `${A}/history/agent/${device.deviceId}?policy_id=${policy.id}`)).body;
    expect(points.map(({ score }: { score: number }) => score)).toEqual([0, 66.7, 100]);
  });

  it("may be up to 24 hours ahead and no more", async () => {
    const policy = await aPolicy(owner);
    expect((await importing(policy.id, { checkedAt: daysAgo(-0.99) })).status).toBe(201);
    const { status, body } = await importing(policy.id, { checkedAt: daysAgo(-1.01) });
    expect([status, body.detail]).toEqual([422, expect.stringContaining("24 hours")]);
  });

  it.each([
    ["a status that is none", { findings: [{ checkId: "1", status: "passed" }] }],
    [
      "a check twice",
      {
        findings: [
          { checkId: "1", status: "pass" },
          { checkId: "1", status: "fail" },
        ],
      },
    ],
    ["no source", { source: "" }],
    ["a bad time", { checkedAt: "yesterday" }],
    ["an unknown field", { colour: "red" }],
    ["no findings", { findings: null }],
  ])("are refused with %s", async (_, change) => {
    const policy = await aPolicy(owner);
    expect((await importing(policy.id, change)).status).toBe(422);
  });

  it("are of the organisation's devices and policies, and of the device's system", async () => {
    const policy = await aPolicy(owner);
    const windows = await aPolicy(owner, { osType: "windows" });
    expect((await importing(windows.id)).status).toBe(422);
    expect((await importing(strangersPolicy)).status).toBe(404);
    const foreign = `/api/v1/devices/${stranger.deviceId}/results`;
    const payload = { policyId: policy.id, checkedAt: daysAgo(0), source: "s", findings };
    expect((await call("POST", foreign, payload)).status).toBe(404);
  });
});
