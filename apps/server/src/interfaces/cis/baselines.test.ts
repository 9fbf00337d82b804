import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { asSystem, type Ctx } from "../../context.ts";
import { openScansJob } from "../../features/scans/jobs.ts";
import { openDueScans } from "../../features/scans/open-due-scans.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, aPolicy } from "../../test/factories.ts";
import { runOutbox } from "../../test/run-outbox.ts";
import { sendSigned } from "../../test/signed-agent.ts";

const testApp = useApp();
let owner: Ctx;
let call: Caller;
let stranger: Caller;
let strangersOrg: string;

beforeAll(async () => {
  ({ owner } = await anOrganisation(testApp().services));
  call = await aCaller(testApp(), owner.orgId);
  const other = await anOrganisation(testApp().services);
  strangersOrg = other.orgId;
  stranger = await aCaller(testApp(), strangersOrg);
});

const body = {
  name: "Linux L1",
  osType: "linux",
  benchmarkVersion: "1.1.0",
  level: "l1",
  customExclusions: ["1.1.1"],
  scanSchedule: { enabled: true, intervalHours: 24, nextScanAt: null },
};

async function save(over: object = {}, by = call) {
  return by("POST", "/cis/baselines", { ...body, ...over });
}

async function saved(over: object = {}) {
  const { status, body: answer } = await save(over);
  expect(answer.data, JSON.stringify(answer)).toBeDefined();
  expect([200, 201]).toContain(status);
  return answer.data;
}

/** What is sent and nothing else. */
async function update(id: string, change: object, by = call) {
  return by("POST", "/cis/baselines", { id, ...change });
}

describe("creating a baseline", () => {
  it("answers 201 with all of it, in the token's organisation when none is named", async () => {
    const { status, body: answer } = await save();
    expect(status).toBe(201);
    expect(answer).toEqual({
      data: {
        id: expect.any(String),
        orgId: owner.orgId,
        name: "Linux L1",
        osType: "linux",
        benchmarkVersion: "1.1.0",
        level: "l1",
        customExclusions: ["1.1.1"],
        scanSchedule: { enabled: true, intervalHours: 24, nextScanAt: expect.any(String) },
        parameters: {},
        isActive: true,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      },
    });
    const inHours = (Date.parse(answer.data.scanSchedule.nextScanAt) - Date.now()) / 3_600_000;
    expect(inHours).toBeGreaterThan(23.9);
    expect(inHours).toBeLessThanOrEqual(24);
  });

  it("needs no more than name, osType, benchmarkVersion and level", async () => {
    const response = await call("POST", "/api/v1/cis/baselines", {
      name: "m",
      osType: "macos",
      benchmarkVersion: "3.0.0",
      level: "l2",
    });
    expect(response.status).toBe(201);
    expect(response.body.data).toMatchObject({
      customExclusions: [],
      isActive: true,
      scanSchedule: { enabled: false, nextScanAt: null },
    });
  });

  it.each(["name", "osType", "benchmarkVersion", "level"])("answers 400 without %s, naming it", async (field) => {
    const { status, body: answer } = await save({ [field]: undefined });
    expect(status).toBe(400);
    expect(answer).toEqual({ error: expect.stringContaining(field) });
  });

  it.each([
    ["a name of 201 characters", { name: "x".repeat(201) }],
    ["an empty name", { name: "" }],
    ["a blank name", { name: "  " }],
    ["a name that is no text", { name: 7 }],
    ["an unknown operating system", { osType: "beos" }],
    ["interface A's word for macOS", { osType: "darwin" }],
    ["an unknown level", { level: "l3" }],
    ["an empty version", { benchmarkVersion: "" }],
    ["201 exclusions", { customExclusions: Array.from({ length: 201 }, (_, n) => `${n}`) }],
    ["an exclusion that is no text", { customExclusions: [1] }],
    ["an interval of 0 hours", { scanSchedule: { enabled: true, intervalHours: 0 } }],
    ["an interval of 169 hours", { scanSchedule: { enabled: true, intervalHours: 169 } }],
    ["an interval of half hours", { scanSchedule: { enabled: true, intervalHours: 1.5 } }],
    ["a time that is none", { scanSchedule: { enabled: true, intervalHours: 1, nextScanAt: "tomorrow" } }],
    ["isActive that is no truth", { isActive: "yes" }],
    ["an orgId that is no id", { orgId: "x" }],
  ])("answers 400 to %s", async (_, over) => {
    expect(await save(over)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it("takes what is on the edge", async () => {
    await saved({ name: "x".repeat(200), customExclusions: Array.from({ length: 200 }, (_, n) => `${n}`) });
    for (const intervalHours of [1, 168])
      expect((await saved({ scanSchedule: { enabled: true, intervalHours } })).scanSchedule.intervalHours).toBe(
        intervalHours,
      );
  });

  it("keeps the next scan it is given", async () => {
    const nextScanAt = new Date(Date.now() + 5 * 3_600_000).toISOString();
    const { scanSchedule } = await saved({ scanSchedule: { enabled: true, intervalHours: 24, nextScanAt } });
    expect(scanSchedule.nextScanAt).toBe(nextScanAt);
  });

  it("names exclusions that are no recommendation under warnings, and keeps them", async () => {
    const { status, body: answer } = await save({ customExclusions: ["1.1.2", "9.9.9"] });
    expect(status).toBe(201);
    expect(answer.data.customExclusions).toEqual(["1.1.2", "9.9.9"]);
    expect(answer.warnings).toEqual([expect.stringContaining("9.9.9")]);
  });

  it.each(["1.1.0", "3.0.0", "cis-debian-12@1.0.0", "latest"])(
    "shows benchmark %s as it was given",
    async (version) => {
      expect(await saved({ benchmarkVersion: version })).toMatchObject({ benchmarkVersion: version });
    },
  );

  it("ignores fields it does not know", async () => {
    expect(await save({ colour: "blue" })).toMatchObject({ status: 201 });
  });

  it("needs orgs:write, and hides other organisations", async () => {
    const reader = await aCaller(testApp(), owner.orgId, ["devices:read", "devices:write"]);
    expect(await save({}, reader)).toMatchObject({ status: 403 });
    expect(await save({ orgId: strangersOrg })).toMatchObject({ status: 404 });
    const unknown = await testApp().app.inject({ method: "POST", url: "/cis/baselines", payload: body });
    expect(unknown.statusCode).toBe(401);
    expect(unknown.json()).toEqual({ error: expect.any(String) });
  });
});

describe("updating a baseline", () => {
  it("changes what is sent and leaves the rest", async () => {
    const before = await saved();
    const { name, osType, benchmarkVersion, level } = body;
    const { status, body: answer } = await update(before.id, {
      ...{ osType, benchmarkVersion, level },
      name: `${name} (Updated)`,
    });
    expect(status).toBe(200);
    expect(answer.data).toEqual({ ...before, name: "Linux L1 (Updated)", updatedAt: expect.any(String) });
    expect((await update(before.id, { isActive: false })).body.data).toMatchObject({
      name: "Linux L1 (Updated)",
      isActive: false,
      customExclusions: ["1.1.1"],
      scanSchedule: { enabled: true, intervalHours: 24, nextScanAt: null },
    });
    expect((await update(before.id, { customExclusions: [] })).body.data).toMatchObject({
      isActive: false,
      customExclusions: [],
    });
    expect((await update(before.id, { scanSchedule: { enabled: false } })).body.data.scanSchedule).toEqual({
      enabled: false,
      intervalHours: 24,
      nextScanAt: null,
    });
  });

  it("changes nothing of what is sent back as it was read", async () => {
    const policy = await aPolicy(owner, { scheduleEnabled: true, intervalMinutes: 90 });
    const read = async () =>
      (await call("GET", "/cis/baselines?limit=200")).body.data.find(({ id }: { id: string }) => id === policy.id);
    const before = await read();
    expect(before.scanSchedule.intervalHours).toBe(2);
    expect((await call("POST", "/cis/baselines", before)).status).toBe(200);
    expect(await read()).toEqual({ ...before, updatedAt: expect.any(String) });
    const onA = (await call("GET", `/api/v1/compliance/policies/${policy.id}`)).body;
    expect(onA).toMatchObject({ check_interval_minutes: 90, cis_level: "level_1", schedule_type: "continuous" });
  });

  it("counts a schedule that was switched on, or got another interval, from now", async () => {
    const { id } = await saved({ scanSchedule: { enabled: false } });
    const hoursUntil = (data: { scanSchedule: { nextScanAt: string } }) =>
      Math.round((Date.parse(data.scanSchedule.nextScanAt) - Date.now()) / 3_600_000);
    const on = await update(id, { scanSchedule: { enabled: true } });
    expect(hoursUntil(on.body.data)).toBe(24);
    expect(hoursUntil((await update(id, { scanSchedule: { intervalHours: 6 } })).body.data)).toBe(6);
  });

  it("counts a schedule whose time went by while it was inactive from now", async () => {
    const nextScanAt = new Date(Date.now() - 3_600_000).toISOString();
    const { id } = await saved({ isActive: false, scanSchedule: { enabled: true, intervalHours: 6, nextScanAt } });
    const { body: answer } = await update(id, { isActive: true });
    expect(Date.parse(answer.data.scanSchedule.nextScanAt)).toBeGreaterThan(Date.now() + 5 * 3_600_000);
  });

  it("never moves it to another organisation, and answers 404 for another organisation's", async () => {
    const { id } = await saved();
    expect(await update(id, { name: "mine" }, stranger)).toMatchObject({ status: 404 });
    expect(await update(id, { orgId: strangersOrg, name: "moved" })).toMatchObject({ status: 404 });
    expect(await update(randomUUID(), { name: "x" })).toMatchObject({ status: 404 });
    expect((await update(id, { orgId: owner.orgId })).body.data).toMatchObject({
      orgId: owner.orgId,
      name: "Linux L1",
    });
  });
});

describe("listing baselines", () => {
  it("filters and pages", async () => {
    const { owner: other } = await anOrganisation(testApp().services);
    const list = await aCaller(testApp(), other.orgId);
    const { id: linux } = await aPolicy(other);
    const { id: mac } = await aPolicy(other, { osType: "macos", enabled: false });
    const ids = async (query: string) =>
      (await list("GET", `/cis/baselines${query}`)).body.data.map(({ id }: { id: string }) => id);
    expect(await ids("")).toEqual([linux, mac]);
    expect(await ids("?osType=macos")).toEqual([mac]);
    expect(await ids("?active=true")).toEqual([linux]);
    expect(await ids("?active=false")).toEqual([mac]);
    expect(await ids(`?orgId=${other.orgId}&whatever=1`)).toEqual([linux, mac]);
    const page = (await list("GET", "/cis/baselines?limit=1&offset=1")).body;
    expect(page).toMatchObject({ data: [{ id: mac }], pagination: { limit: 1, offset: 1, total: 2 } });
    expect((await list("GET", "/cis/baselines")).body.pagination).toEqual({ limit: 100, offset: 0, total: 2 });
  });

  it.each(["limit=0", "limit=201", "limit=x", "offset=-1", "osType=darwin", "active=perhaps", "orgId=x"])(
    "answers 400 to %s",
    async (query) => {
      expect((await call("GET", `/cis/baselines?${query}`)).status).toBe(400);
    },
  );

  it("needs devices:read, and hides other organisations", async () => {
    const writer = await aCaller(testApp(), owner.orgId, ["orgs:write"]);
    expect((await writer("GET", "/cis/baselines")).status).toBe(403);
    expect((await call("GET", `/cis/baselines?orgId=${strangersOrg}`)).status).toBe(404);
  });
});

describe("POST /cis/scan", () => {
  async function scan(payload: object, by = call) {
    return by("POST", "/cis/scan", payload);
  }
  const jobs = () => asSystem(testApp().services, (db) => db.selectFrom("outbox").select("id").execute());

  it("queues a job of that id, which gives the devices their work", async () => {
    const { owner: other } = await anOrganisation(testApp().services);
    const policy = await aPolicy(other, { level: 2, custom: true, exclusions: ["1.1.1"] });
    const device = await aDevice(other);
    const by = await aCaller(testApp(), other.orgId);
    const { status, body: answer } = await scan({ baselineId: policy.id, deviceIds: [device.deviceId] }, by);
    expect(status).toBe(202);
    expect(answer).toEqual({
      message: "CIS scan queued",
      jobId: expect.any(String),
      baselineId: policy.id,
      deviceCount: 1,
    });
    expect((await jobs()).map(({ id }) => id)).toContain(answer.jobId);
    await runOutbox(testApp().services, [openScansJob]);
    const { items } = (await sendSigned(testApp().app, device, "POST", "/work/claim", {})).json();
    expect(items).toMatchObject([{ type: "scan", policyId: policy.id, benchmark: "cis-debian-12@1.1.0" }]);
  });

  it("scans all devices of the operating system when none is named, also of the organisation it names", async () => {
    const { owner: other } = await anOrganisation(testApp().services);
    const by = await aCaller(testApp(), other.orgId);
    const policy = await aPolicy(other);
    expect(await scan({ baselineId: policy.id }, by)).toMatchObject({
      status: 202,
      body: { jobId: null, deviceCount: 0 },
    });
    for (let n = 0; n < 3; n += 1) await aDevice(other);
    const { body: answer } = await scan({ baselineId: policy.id, orgId: other.orgId, more: true }, by);
    expect(answer).toMatchObject({ jobId: expect.any(String), deviceCount: 3 });
  });

  it("says with a null jobId that no device matches", async () => {
    const windows = await aPolicy(owner, { osType: "windows" });
    expect((await scan({ baselineId: windows.id })).body).toMatchObject({ jobId: null, deviceCount: 0 });
    const linux = await aPolicy(owner);
    expect((await scan({ baselineId: linux.id, deviceIds: [] })).body).toMatchObject({ jobId: null, deviceCount: 0 });
  });

  it("answers 400 and queues nothing for an inactive baseline or a device that it cannot scan", async () => {
    const before = (await jobs()).length;
    const inactive = await aPolicy(owner, { enabled: false });
    expect(await scan({ baselineId: inactive.id })).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    const windows = await aPolicy(owner, { osType: "windows" });
    const { deviceId } = await aDevice(owner);
    expect(await scan({ baselineId: windows.id, deviceIds: [deviceId] })).toMatchObject({
      status: 400,
      body: { invalidDeviceIds: [deviceId] },
    });
    const linux = await aPolicy(owner);
    const { owner: other } = await anOrganisation(testApp().services);
    const foreign = (await aDevice(other)).deviceId;
    expect(await scan({ baselineId: linux.id, deviceIds: [deviceId, foreign] })).toMatchObject({
      status: 400,
      body: { invalidDeviceIds: [foreign] },
    });
    expect(await jobs()).toHaveLength(before);
  });

  it.each([
    ["no baseline", {}],
    ["501 devices", { baselineId: randomUUID(), deviceIds: Array.from({ length: 501 }, () => randomUUID()) }],
    ["a device id that is none", { baselineId: randomUUID(), deviceIds: ["x"] }],
  ])("answers 400 to %s", async (_, payload) => {
    expect(await scan(payload)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
  });

  it("takes 500 devices at once", async () => {
    const policy = await aPolicy(owner);
    const { deviceId } = await aDevice(owner);
    const deviceIds = Array.from({ length: 500 }, () => deviceId);
    expect(await scan({ baselineId: policy.id, deviceIds })).toMatchObject({ status: 202, body: { deviceCount: 1 } });
  });

  it("needs devices:write, and hides other organisations", async () => {
    const { id: baselineId } = await aPolicy(owner);
    const reader = await aCaller(testApp(), owner.orgId, ["devices:read", "orgs:write"]);
    expect(await scan({ baselineId }, reader)).toMatchObject({ status: 403 });
    expect(await scan({ baselineId }, stranger)).toMatchObject({ status: 404 });
    expect(await scan({ baselineId, orgId: strangersOrg })).toMatchObject({ status: 404 });
  });
});

describe("a schedule", () => {
  it("moves nextScanAt on by the interval with each run, and gives an offline device one scan to do, not many", async () => {
    const device = await aDevice(owner);
    const due = new Date(Date.now() - 60_000);
    const { id } = await saved({ scanSchedule: { enabled: true, intervalHours: 6, nextScanAt: due.toISOString() } });
    const nextScanAt = async () =>
      (await call("GET", "/cis/baselines?limit=200")).body.data.find((one: { id: string }) => one.id === id)
        .scanSchedule.nextScanAt;
    const { services } = testApp();
    await openDueScans(services);
    expect(await nextScanAt()).toBe(new Date(due.getTime() + 6 * 3_600_000).toISOString());
    for (const hours of [6, 12, 18, 24]) await openDueScans(services, new Date(Date.now() + hours * 3_600_000));
    const open = await asSystem(services, (db) =>
      db
        .selectFrom("workItem")
        .select("id")
        .where("deviceId", "=", device.deviceId)
        .where("policyId", "=", id)
        .execute(),
    );
    expect(open).toHaveLength(1);
  });

  it("does not run what is inactive or switched off", async () => {
    const { owner: other } = await anOrganisation(testApp().services);
    await aDevice(other);
    const past = new Date(Date.now() - 60_000);
    for (const change of [{ enabled: false, scheduleEnabled: true }, { scheduleEnabled: false }])
      await aPolicy(other, { nextScanAt: past, ...change });
    await openDueScans(testApp().services);
    const open = await asSystem(testApp().services, (db) =>
      db.selectFrom("workItem").select("id").where("orgId", "=", other.orgId).execute(),
    );
    expect(open).toEqual([]);
  });
});
