import { beforeAll, describe, expect, it } from "vitest";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, type TestDevice } from "../../test/factories.ts";
import { factsFailing, unknownLinux } from "../../test/pack.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
let strangersPolicy: string;

beforeAll(async () => {
  strangersPolicy = (await aPolicy((await anOrganisation(testApp().services)).owner)).id;
});

async function organisation() {
  const { owner, orgId } = await anOrganisation(testApp().services);
  const call = await aCaller(testApp(), orgId);
  return { owner, call, get: async (path: string) => (await call("GET", `${A}${path}`)).body };
}

type Failing = Parameters<typeof factsFailing>;

async function scan(device: TestDevice, policyId: string, failing: Failing, daysAgo = 0): Promise<void> {
  const checkedAt = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
  await storeUpload(device.ctx(), device.deviceId, anUpload(policyId, factsFailing(...failing), { checkedAt }));
}

const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

describe("overall statistics", () => {
  it("of an empty organisation are zeros and null", async () => {
    const { get } = await organisation();
    expect(await get("/stats")).toEqual({
      total_agents: 0,
      compliant_agents: 0,
      non_compliant_agents: 0,
      unscanned_agents: 0,
      average_score: null,
      risk_distribution: { critical: 0, high: 0, medium: 0, low: 0 },
    });
  });

  it("count compliant, non-compliant and unscanned agents, and risks", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    for (const failing of [[], ["medium"], ["high"], ["critical"]] as Failing[]) {
      await scan(await aDevice(owner), policy.id, failing);
    }
    await aDevice(owner);
    expect(await get(`/stats?policy_id=${policy.id}`)).toEqual({
      total_agents: 5,
      compliant_agents: 2,
      non_compliant_agents: 2,
      unscanned_agents: 1,
      average_score: 75,
      risk_distribution: { critical: 1, high: 1, medium: 1, low: 1 },
    });
  });

  it("want the score to reach the policy's threshold, which may change", async () => {
    const { owner, call, get } = await organisation();
    const policy = await aPolicy(owner, { threshold: 100 });
    await scan(await aDevice(owner), policy.id, ["medium"]);
    await scan(await aDevice(owner), policy.id, []);
    expect(await get("/stats")).toMatchObject({ compliant_agents: 1, non_compliant_agents: 1 });
    await call("PUT", `${A}/policies/${policy.id}`, { passing_score_threshold: 83 });
    expect(await get("/stats")).toMatchObject({ compliant_agents: 2, non_compliant_agents: 0 });
  });

  it("want an agent to comply with all policies it was scanned by, and count it once", async () => {
    const { owner, call, get } = await organisation();
    const lenient = await aPolicy(owner, { threshold: 10 });
    const strict = await aPolicy(owner, { threshold: 90 });
    const device = await aDevice(owner);
    await scan(device, lenient.id, ["high"]);
    expect(await get("/stats")).toMatchObject({ total_agents: 1, compliant_agents: 1 });
    await scan(device, strict.id, ["high"]);
    expect(await get("/stats")).toMatchObject({ compliant_agents: 0, non_compliant_agents: 1, unscanned_agents: 0 });
    expect(await get(`/stats?policy_id=${lenient.id}`)).toMatchObject({ compliant_agents: 1 });
    expect(await get("/stats/top-failing")).toMatchObject([{ cis_id: "1.1.2", fail_count: 1 }]);
    // What is disabled is not asked of anyone; its own figures stay.
    await call("POST", `${A}/policies/${strict.id}/toggle`);
    expect(await get("/stats")).toMatchObject({ compliant_agents: 1 });
    expect(await get(`/stats?policy_id=${strict.id}`)).toMatchObject({ compliant_agents: 0 });
  });

  it("of a policy are of the agents of its system", async () => {
    const { owner, get } = await organisation();
    const linux = await aPolicy(owner);
    const windows = await aPolicy(owner, { osType: "windows" });
    await scan(await aDevice(owner), linux.id, []);
    expect(await get(`/stats?policy_id=${windows.id}`)).toMatchObject({ total_agents: 0, unscanned_agents: 0 });
    expect(await get(`/stats?policy_id=${linux.id}`)).toMatchObject({ total_agents: 1, compliant_agents: 1 });
  });

  it("count an agent whose result has no score as non-compliant, in no average", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const device = await aDevice(owner, unknownLinux);
    await storeUpload(
      device.ctx(),
      device.deviceId,
      anUpload(policy.id, {}, { platform: unknownLinux, benchmark: "" }),
    );
    expect(await get("/stats")).toMatchObject({ non_compliant_agents: 1, unscanned_agents: 0, average_score: null });
  });
});

describe("top failing checks", () => {
  it("are by agents, most first, then by severity", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    await scan(await aDevice(owner), policy.id, ["medium", "high"]);
    await scan(await aDevice(owner), policy.id, ["medium", "high"]);
    await scan(await aDevice(owner), policy.id, ["medium"]);
    await scan(await aDevice(owner), policy.id, ["critical"]);
    const failing = await get("/stats/top-failing");
    expect(failing).toEqual([
      {
        check_id: expect.any(String),
        cis_id: "1.1.3",
        cis_title: "The medium setting is on",
        category: "kernel",
        severity: "medium",
        fail_count: 3,
        total_agents: 4,
      },
      expect.objectContaining({ cis_id: "1.1.2", fail_count: 2 }),
      expect.objectContaining({ cis_id: "1.1.1", fail_count: 1 }),
    ]);
    expect(await get("/stats/top-failing?limit=1")).toEqual([failing[0]]);
    const { items } = await get(`/results/agent/${(await get("/stats/non-compliant")).agents[0].agent_uuid}`);
    expect(items.map(({ check_id }: { check_id: string }) => check_id)).toContain(failing[1].check_id);
  });

  it("follow new results and deleted devices' absence", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const device = await aDevice(owner);
    await scan(device, policy.id, ["high"]);
    await scan(device, policy.id, []);
    expect(await get("/stats/top-failing")).toEqual([]);
  });

  it.each(["limit=0", "limit=501", "limit=x", "colour=red"])("refuse %s", async (query) => {
    const { call } = await organisation();
    expect((await call("GET", `${A}/stats/top-failing?${query}`)).status).toBe(422);
  });
});

describe("non-compliant agents", () => {
  it("are those below the threshold, lowest score first", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const high = await aDevice(owner);
    const critical = await aDevice(owner);
    await scan(high, policy.id, ["high"]);
    await scan(critical, policy.id, ["critical", "medium"]);
    await scan(await aDevice(owner), policy.id, []);
    await aDevice(owner);
    expect(await get("/stats/non-compliant")).toEqual({
      agents: [
        {
          agent_uuid: critical.deviceId,
          hostname: expect.any(String),
          os: "linux",
          score: 27.8,
          risk_level: "critical",
          failed_checks: 2,
        },
        expect.objectContaining({ agent_uuid: high.deviceId, score: 72.2, risk_level: "high", failed_checks: 1 }),
      ],
      total: 2,
    });
    expect(await get("/stats/non-compliant?skip=1&limit=1")).toMatchObject({ agents: [{ score: 72.2 }], total: 2 });
    expect(await get("/stats/non-compliant?skip=5")).toEqual({ agents: [], total: 2 });
  });
});

describe("the trend", () => {
  it("is one point per UTC day from the first scan to today, each of what was last known", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const [first, second] = [await aDevice(owner), await aDevice(owner)];
    await scan(first, policy.id, ["high"], 4);
    await scan(second, policy.id, [], 2);
    await scan(first, policy.id, [], 1);
    const point = (
      daysAgo: number,
      average_score: number,
      agents: number,
      compliant_agents: number,
      failed: number,
    ) => ({
      date: day(daysAgo),
      average_score,
      agents,
      compliant_agents,
      failed_checks: failed,
    });
    expect(await get("/trend")).toEqual([
      point(4, 72.2, 1, 0, 1),
      point(3, 72.2, 1, 0, 1),
      point(2, 86.1, 2, 1, 1),
      point(1, 100, 2, 2, 0),
      point(0, 100, 2, 2, 0),
    ]);
    // Known from before the window, but the first scan in it is later.
    expect(await get("/trend?days=3")).toEqual([
      point(2, 86.1, 2, 1, 1),
      point(1, 100, 2, 2, 0),
      point(0, 100, 2, 2, 0),
    ]);
    expect(await get(`/trend?days=1&policy_id=${policy.id}`)).toEqual([]);
  });

  it("puts a result that comes late where it belongs", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const device = await aDevice(owner);
    for (const [failing, daysAgo] of [
      [[], 5],
      [[], 3],
      [[], 1],
      [["high"], 4],
    ] as [Failing, number][]) {
      await scan(device, policy.id, failing, daysAgo);
    }
    const scores = (await get("/trend")).map(({ average_score }: { average_score: number }) => average_score);
    expect(scores).toEqual([100, 72.2, 100, 100, 100, 100]);
  });

  it("takes the last result of a day", async () => {
    const { owner, get } = await organisation();
    const policy = await aPolicy(owner);
    const device = await aDevice(owner);
    const at = (time: string) => ({ checkedAt: `${day(2)}T${time}Z` });
    for (const [failing, time] of [
      [["high"], "09:00:00"],
      [[], "23:59:59"],
      [["critical"], "12:00:00"],
    ] as [Failing, string][]) {
      await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing(...failing), at(time)));
    }
    expect((await get("/trend"))[0]).toMatchObject({ date: day(2), average_score: 100, compliant_agents: 1 });
  });

  it("is empty without scans", async () => {
    const { get } = await organisation();
    expect(await get("/trend")).toEqual([]);
  });
});

it.each(["stats", "trend", "stats/top-failing", "stats/non-compliant"])(
  "%s hides another organisation's policy",
  async (path) => {
    const { call } = await organisation();
    expect((await call("GET", `${A}/${path}?policy_id=${strangersPolicy}`)).status).toBe(404);
    expect((await call("GET", `${A}/${path}?policy_id=x`)).status).toBe(422);
  },
);
