import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "../../context.ts";
import { createException } from "../../features/exceptions/create-exception.ts";
import { revokeException } from "../../features/exceptions/revoke-exception.ts";
import { checkUuid } from "../../features/results/check-uuid.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, type TestDevice } from "../../test/factories.ts";
import { factsFailing, unknownLinux } from "../../test/pack.ts";

const testApp = useApp();
let stranger: Caller;
let foreign: { readonly policyId: string; readonly deviceId: string };

beforeAll(async () => {
  const { owner, orgId } = await anOrganisation(testApp().services);
  stranger = await aCaller(testApp(), orgId);
  foreign = { policyId: (await aPolicy(owner)).id, deviceId: (await aDevice(owner)).deviceId };
});

const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

async function organisation(): Promise<{ readonly owner: Ctx; readonly call: Caller }> {
  const { owner, orgId } = await anOrganisation(testApp().services);
  return { owner, call: await aCaller(testApp(), orgId) };
}

/** A scan of three checks, with these failing. */
async function scan(device: TestDevice, policyId: string, failing: Parameters<typeof factsFailing>, minutesAgo = 0) {
  const upload = anUpload(policyId, factsFailing(...failing), { checkedAt: at(minutesAgo) });
  return (await storeUpload(device.ctx(), device.deviceId, upload)).resultId;
}

/** Scores of 100, 67 and 33. */
async function fleet() {
  const { owner, call } = await organisation();
  const policy = await aPolicy(owner, { scoring: "flat", name: "Fleet" });
  const devices = [];
  for (const failing of [[], ["high"], ["critical", "high"]] as const) {
    const device = await aDevice(owner);
    await scan(device, policy.id, [...failing]);
    devices.push(device);
  }
  return { owner, call, policy, devices };
}

describe("GET /cis/compliance", () => {
  it("lists the newest result of each device and baseline, and sums them up", async () => {
    const { owner, call, policy, devices } = await fleet();
    const [good] = devices;
    if (good === undefined) throw new Error("three were made");
    // An older scan that comes later is not the newest.
    await scan(good, policy.id, ["critical"], 60);
    const { status, body } = await call("GET", `/api/v1/cis/compliance?orgId=${owner.orgId}`);
    expect(status).toBe(200);
    expect(body.summary).toEqual({ devicesAudited: 3, averageScore: 67, failingDevices: 2, compliantDevices: 1 });
    expect(body.pagination).toEqual({ limit: 200, offset: 0, total: 3 });
    const row = body.data.find((item: { device: { id: string } }) => item.device.id === good.deviceId);
    expect(row).toEqual({
      result: {
        id: expect.any(String),
        orgId: owner.orgId,
        deviceId: good.deviceId,
        baselineId: policy.id,
        checkedAt: expect.stringMatching(/Z$/),
        totalChecks: 3,
        passedChecks: 3,
        failedChecks: 0,
        score: 100,
        findings: [],
        summary: {
          ...{ pass: 3, fail: 0, error: 0, not_applicable: 1, exempted: 0 },
          failedBySeverity: { critical: 0, high: 0, medium: 0, low: 0 },
        },
      },
      baseline: {
        id: policy.id,
        name: "Fleet",
        osType: "linux",
        benchmarkVersion: "latest",
        level: "l1",
        isActive: true,
      },
      device: { id: good.deviceId, hostname: expect.any(String), osType: "linux", status: "offline" },
    });
  });

  it("filters by baseline, operating system and score; the summary is of what matches", async () => {
    const { owner, call, policy, devices } = await fleet();
    const other = await aPolicy(owner, { scoring: "flat" });
    const [first] = devices;
    if (first === undefined) throw new Error("three were made");
    await scan(first, other.id, ["medium"]);
    const get = async (query: string) => (await call("GET", `/cis/compliance?${query}`)).body;
    expect((await get("")).pagination.total).toBe(4);
    expect((await get("")).summary).toEqual({
      devicesAudited: 3,
      averageScore: 67,
      failingDevices: 3,
      compliantDevices: 0,
    });
    expect((await get(`baselineId=${other.id}`)).summary).toEqual({
      devicesAudited: 1,
      averageScore: 67,
      failingDevices: 1,
      compliantDevices: 0,
    });
    expect((await get("osType=windows")).data).toEqual([]);
    expect((await get("osType=windows")).summary.averageScore).toBeNull();
    const scores = async (query: string) =>
      (await get(`baselineId=${policy.id}&${query}`)).data
        .map((item: { result: { score: number } }) => item.result.score)
        .sort();
    expect(await scores("osType=linux")).toEqual([100, 33, 67]);
    expect(await scores("minScore=67")).toEqual([100, 67]);
    expect(await scores("minScore=34&maxScore=67")).toEqual([67]);
    expect(await scores("maxScore=33")).toEqual([33]);
    expect(await scores("minScore=0&maxScore=100")).toEqual([100, 33, 67]);
    expect(await scores("minScore=68&maxScore=99&unknown=1")).toEqual([]);
  });

  it("pages without leaving a result out or showing it twice", async () => {
    const { call } = await fleet();
    const seen = [];
    for (const offset of [0, 1, 2, 3]) {
      const { data, pagination } = (await call("GET", `/cis/compliance?limit=1&offset=${offset}`)).body;
      expect(pagination).toEqual({ limit: 1, offset, total: 3 });
      seen.push(...data.map((item: { result: { id: string } }) => item.result.id));
    }
    expect(new Set(seen).size).toBe(3);
  });

  it("never makes a device that nothing was evaluated of compliant", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner);
    const device = await aDevice(owner, unknownLinux);
    const upload = anUpload(policy.id, {}, { platform: unknownLinux, benchmark: "" });
    await storeUpload(device.ctx(), device.deviceId, upload);
    const { data, summary, pagination } = (await call("GET", "/cis/compliance")).body;
    expect(data[0].result).toMatchObject({ score: null, totalChecks: 0, summary: { error: 1 } });
    expect(summary).toEqual({ devicesAudited: 0, averageScore: null, failingDevices: 0, compliantDevices: 0 });
    expect(pagination.total).toBe(1);
    expect((await call("GET", "/cis/compliance?minScore=0")).body.data).toEqual([]);
  });

  it("leaves excepted failures out at once, and counts them again when the exception is revoked", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat" });
    const device = await aDevice(owner);
    await scan(device, policy.id, ["high"]);
    const exception = await excepted(owner, "1.1.2", device.deviceId);
    const row = async () => (await call("GET", "/cis/compliance")).body;
    expect(await row()).toMatchObject({
      data: [{ result: { score: 100, totalChecks: 2, failedChecks: 0, summary: { fail: 1, exempted: 1 } } }],
      summary: { failingDevices: 0, compliantDevices: 1 },
    });
    await revokeException({ ...owner, now: new Date() }, exception.id);
    expect(await row()).toMatchObject({
      data: [{ result: { score: 67, totalChecks: 3, failedChecks: 1, summary: { fail: 1, exempted: 0 } } }],
      summary: { failingDevices: 1, compliantDevices: 0 },
    });
  });

  it("is empty, not an error, before anything was scanned", async () => {
    const { call } = await organisation();
    expect((await call("GET", "/cis/compliance")).body).toEqual({
      data: [],
      summary: { devicesAudited: 0, averageScore: null, failingDevices: 0, compliantDevices: 0 },
      pagination: { limit: 200, offset: 0, total: 0 },
    });
  });

  it.each([
    "limit=0",
    "limit=501",
    "offset=-1",
    "minScore=-1",
    "maxScore=101",
    "minScore=1.5",
    "osType=darwin",
    "baselineId=x",
  ])("answers 400 to %s", async (query) => {
    const { status, body } = await stranger("GET", `/cis/compliance?${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ error: expect.any(String) });
  });

  it("needs devices:read, and hides other organisations", async () => {
    const { owner, call } = await organisation();
    const writer = await aCaller(testApp(), owner.orgId, ["devices:write", "orgs:write"]);
    expect((await writer("GET", "/cis/compliance")).status).toBe(403);
    expect((await call("GET", `/cis/compliance?baselineId=${foreign.policyId}`)).status).toBe(404);
    expect((await stranger("GET", `/cis/compliance?orgId=${owner.orgId}`)).status).toBe(404);
  });
});

describe("GET /cis/devices/:deviceId/report", () => {
  it("pairs the device's results with their baselines, newest first, with all findings", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat" });
    const device = await aDevice(owner);
    const old = await scan(device, policy.id, [], 20);
    const newest = await scan(device, policy.id, ["critical", "high"], 1);
    const between = await scan(device, policy.id, ["high"], 10);
    const { status, body } = await call("GET", `/api/v1/cis/devices/${device.deviceId}/report`);
    expect(status).toBe(200);
    expect(body.device).toEqual({
      id: device.deviceId,
      hostname: expect.any(String),
      osType: "linux",
      status: "offline",
    });
    expect(body.reports.map(({ result }: { result: { id: string } }) => result.id)).toEqual([newest, between, old]);
    const [{ result, baseline }] = body.reports;
    expect(baseline).toMatchObject({ id: policy.id, osType: "linux", level: "l1", isActive: true });
    expect(result).toMatchObject({
      ...{ totalChecks: 3, passedChecks: 1, failedChecks: 2, score: 33 },
      summary: { pass: 1, fail: 2, not_applicable: 1, failedBySeverity: { critical: 1, high: 1, medium: 0, low: 0 } },
    });
    expect(result.findings).toHaveLength(4);
    expect(result.findings[0]).toEqual({
      checkId: "1.1.1",
      title: "The critical setting is on",
      severity: "critical",
      status: "fail",
      evidence: expect.objectContaining({ expected: expect.any(String), actual: expect.stringContaining("running 0") }),
      remediation: {
        action: "Set test.critical to 1.",
        commandType: "sysctl",
        payload: {
          check: "a-critical",
          settings: [{ kind: "sysctl", target: { key: "test.critical" }, desired: { equals: "1" } }],
        },
        rollbackHint: expect.any(String),
      },
      message: expect.any(String),
    });
    // Not ported: a person has to look.
    expect(result.findings[3]).toMatchObject({ checkId: "1.2.2", status: "not_applicable" });
    expect(result.findings[3].remediation.commandType).toBe("manual");
  });

  it("keeps to one baseline, and to the limit", async () => {
    const { owner, call } = await organisation();
    const [one, two] = [await aPolicy(owner), await aPolicy(owner)];
    const device = await aDevice(owner);
    for (const [policy, minutes] of [
      [one, 3],
      [two, 2],
      [one, 1],
    ] as const)
      await scan(device, policy.id, [], minutes);
    const baselines = async (query: string) =>
      (await call("GET", `/cis/devices/${device.deviceId}/report?${query}`)).body.reports.map(
        ({ baseline }: { baseline: { id: string } }) => baseline.id,
      );
    expect(await baselines("")).toEqual([one.id, two.id, one.id]);
    expect(await baselines(`baselineId=${one.id}`)).toEqual([one.id, one.id]);
    expect(await baselines("limit=1")).toEqual([one.id]);
  });

  it("shows the exception beside a failure that stays a failure", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat" });
    const device = await aDevice(owner);
    await scan(device, policy.id, ["high", "medium"]);
    const expiresAt = new Date(Date.now() + 3_600_000);
    const { id } = await excepted(owner, "1.1.2", null, expiresAt);
    const { reports } = (await call("GET", `/cis/devices/${device.deviceId}/report`)).body;
    const { result } = reports[0];
    expect(result.findings[1]).toMatchObject({
      checkId: "1.1.2",
      status: "fail",
      exception: { id, reason: "accepted", expiresAt: expiresAt.toISOString() },
    });
    expect(result.findings[2]).not.toHaveProperty("exception");
    expect(result).toMatchObject({ failedChecks: 1, totalChecks: 2, score: 50, summary: { fail: 2, exempted: 1 } });
  });

  it("counts a device once, however many baselines it was scanned by, and failing when it fails one", async () => {
    const { owner, call } = await organisation();
    const strict = await aPolicy(owner, { scoring: "flat" });
    const lax = await aPolicy(owner, { scoring: "flat", exclusions: ["1.1.2"] });
    const device = await aDevice(owner);
    for (const { id } of [strict, lax]) await scan(device, id, ["high"]);
    const { summary, pagination } = (await call("GET", "/cis/compliance")).body;
    expect(pagination.total).toBe(2);
    expect(summary).toEqual({ devicesAudited: 1, averageScore: 83, failingDevices: 1, compliantDevices: 0 });
    const ofLax = (await call("GET", `/cis/compliance?baselineId=${lax.id}`)).body;
    expect(ofLax.summary).toEqual({ devicesAudited: 1, averageScore: 100, failingDevices: 0, compliantDevices: 1 });
  });

  it("shows each of several exceptions with its own finding, and the same findings on another device", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat" });
    const [one, other] = [await aDevice(owner), await aDevice(owner)];
    const findingsOf = async ({ deviceId }: { deviceId: string }) =>
      (await call("GET", `/cis/devices/${deviceId}/report`)).body.reports[0].result.findings;
    await scan(one, policy.id, ["critical", "high", "medium"]);
    const plain = await findingsOf(one);
    await excepted(owner, "1.1.1", one.deviceId);
    await excepted(owner, "1.1.3", one.deviceId);
    const covered = await findingsOf(one);
    expect(covered.map(({ exception }: { exception?: object }) => exception !== undefined)).toEqual(
      plain.map(({ checkId }: { checkId: string }) => checkId === "1.1.1" || checkId === "1.1.3"),
    );
    expect(covered.map(({ exception: _, ...finding }: { exception?: object }) => finding)).toEqual(plain);
    await scan(other, policy.id, ["critical", "high"]);
    const differing = (await findingsOf(other)).filter((finding: object, at: number) => {
      return JSON.stringify(finding) !== JSON.stringify(plain[at]);
    });
    expect(differing).toMatchObject([{ checkId: "1.1.3", status: "pass" }]);
  });

  it("has no findings of excluded checks", async () => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat", exclusions: ["1.1.1"] });
    const device = await aDevice(owner);
    await scan(device, policy.id, ["critical"]);
    const { reports } = (await call("GET", `/cis/devices/${device.deviceId}/report`)).body;
    const numbers = reports[0].result.findings.map(({ checkId }: { checkId: string }) => checkId);
    expect(numbers).toEqual(["1.1.2", "1.1.3", "1.2.2"]);
    expect(reports[0].result).toMatchObject({ score: 100, totalChecks: 2 });
  });

  it.each([
    [1, 2, 33],
    [2, 1, 67],
  ])("rounds %i passed and %i failed to %i", async (passed, failed, score) => {
    const { owner, call } = await organisation();
    const policy = await aPolicy(owner, { scoring: "flat" });
    const device = await aDevice(owner);
    await scan(device, policy.id, (["critical", "high", "medium"] as const).slice(passed) as ["critical"]);
    const { result } = (await call("GET", `/cis/devices/${device.deviceId}/report`)).body.reports[0];
    expect(result).toMatchObject({ passedChecks: passed, failedChecks: failed, score });
  });

  it("answers 404 for unknown and foreign ids, and 400 to what is out of range", async () => {
    const { owner, call } = await organisation();
    const { deviceId } = await aDevice(owner);
    const status = async (path: string) => (await call("GET", `/cis/devices/${path}`)).status;
    expect(await status(`${deviceId}/report`)).toBe(200);
    expect(await status(`${randomUUID()}/report`)).toBe(404);
    expect(await status(`${foreign.deviceId}/report`)).toBe(404);
    expect(await status(`${deviceId}/report?baselineId=${foreign.policyId}`)).toBe(404);
    for (const query of ["limit=0", "limit=201", "limit=x", "baselineId=x"])
      expect(await status(`${deviceId}/report?${query}`), query).toBe(400);
    expect(await status("x/report")).toBe(400);
  });
});

async function excepted(owner: Ctx, number: string, deviceId: string | null, expiresAt: Date | null = null) {
  const checkId = checkUuid(owner.orgId, "cis-debian-12", number);
  const exception = { checkId, deviceId, reason: "accepted", expiresAt };
  return createException({ ...owner, now: new Date() }, exception);
}
