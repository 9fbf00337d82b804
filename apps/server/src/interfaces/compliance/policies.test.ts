import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
let call: Caller;
let strangers: Caller;

beforeAll(async () => {
  call = await aCaller(testApp(), (await anOrganisation(testApp().services)).orgId);
  strangers = await aCaller(testApp(), (await anOrganisation(testApp().services)).orgId);
});

const body = {
  name: "Linux CIS Level 1",
  description: "CIS Level 1 checks for Linux servers",
  cis_level: "level_1",
  target_os: "linux",
  schedule_type: "continuous",
  check_interval_minutes: 60,
  passing_score_threshold: 80,
};

describe("creating a policy", () => {
  it("answers 201 with everything the document shows", async () => {
    const { status, body: policy } = await call("POST", `${A}/policies`, body);
    expect(status).toBe(201);
    expect(policy).toEqual({ ...body, id: expect.any(String), enabled: true, created_at: expect.stringMatching(/Z$/) });
  });

  it("has a threshold of 80 when none is given", async () => {
    const { body: policy } = await call("POST", `${A}/policies`, { name: "p", target_os: "linux" });
    expect(policy).toMatchObject({ passing_score_threshold: 80, enabled: true, description: "" });
  });

  it.each([
    ["an unknown field", { colour: "red" }, "colour"],
    ["a name that is empty", { name: "" }, "name"],
    ["a name of blanks", { name: " " }, '"name" must not be blank'],
    ["a name that is too long", { name: "x".repeat(201) }, "name"],
    ["a wrong type", { name: 5 }, "name"],
    ["another system", { target_os: "beos" }, "target_os"],
    ["another level", { cis_level: "level_3" }, "cis_level"],
    ["another schedule", { schedule_type: "hourly" }, "schedule_type"],
    ["an interval below 5", { check_interval_minutes: 4 }, "check_interval_minutes"],
    ["an interval above a week", { check_interval_minutes: 10_081 }, "check_interval_minutes"],
    ["half a minute", { check_interval_minutes: 60.5 }, "check_interval_minutes"],
    ["a threshold below 0", { passing_score_threshold: -1 }, "passing_score_threshold"],
    ["a threshold above 100", { passing_score_threshold: 100.1 }, "passing_score_threshold"],
    ["a number as text", { check_interval_minutes: "60" }, "check_interval_minutes"],
  ])("refuses %s with 422, naming it", async (_, change, field) => {
    const { status, body: problem } = await call("POST", `${A}/policies`, { ...body, ...change });
    expect(status).toBe(422);
    expect(problem).toEqual({ detail: expect.stringContaining(field), status: 422, code: "validation_error" });
  });

  it("refuses a body without a name, and one that is no JSON", async () => {
    expect((await call("POST", `${A}/policies`, { target_os: "linux" })).body.detail).toContain("name");
    expect((await call("POST", `${A}/policies`, "{")).status).toBe(422);
    expect((await call("POST", `${A}/policies`, "")).status).toBe(422);
  });

  it.each([5, 10_080])("takes an interval of %i minutes", async (minutes) => {
    expect((await call("POST", `${A}/policies`, { ...body, check_interval_minutes: minutes })).status).toBe(201);
  });

  it("is seen through interface B", async () => {
    const { body: policy } = await call("POST", `${A}/policies`, { ...body, check_interval_minutes: 90 });
    const { data } = (await call("GET", "/cis/baselines")).body;
    const baseline = data.find(({ id }: { id: string }) => id === policy.id);
    expect(baseline).toMatchObject({ level: "l1", osType: "linux", isActive: true });
    expect(baseline.scanSchedule).toMatchObject({ enabled: true, intervalHours: 2 });
  });
});

describe("listing policies", () => {
  it("takes skip, limit and enabled, with the total of all pages", async () => {
    const own = await aCaller(testApp(), (await anOrganisation(testApp().services)).orgId);
    expect((await own("GET", `${A}/policies`)).body).toEqual({ items: [], total: 0 });
    for (const name of ["a", "b", "c"]) await own("POST", `${A}/policies`, { ...body, name, enabled: name !== "c" });
    const names = async (query: string) => {
      const { items, total } = (await own("GET", `${A}/policies${query}`)).body;
      return [items.map(({ name }: { name: string }) => name).join(), total];
    };
    expect(await names("")).toEqual(["a,b,c", 3]);
    expect(await names("?skip=1&limit=1")).toEqual(["b", 3]);
    expect(await names("?skip=9")).toEqual(["", 3]);
    expect(await names("?enabled=true")).toEqual(["a,b", 2]);
    expect(await names("?enabled=false")).toEqual(["c", 1]);
  });

  it.each(["limit=0", "limit=501", "skip=-1", "limit=x", "enabled=maybe", "colour=red"])(
    "refuses %s",
    async (query) => {
      const { status, body: problem } = await call("GET", `${A}/policies?${query}`);
      expect(status).toBe(422);
      expect(problem.detail).toContain(query.split("=")[0]);
    },
  );
});

describe("one policy", () => {
  it("is updated in what is sent only", async () => {
    const { body: policy } = await call("POST", `${A}/policies`, body);
    const changed = await call("PUT", `${A}/policies/${policy.id}`, { passing_score_threshold: 90 });
    expect(changed).toEqual({ status: 200, body: { ...policy, passing_score_threshold: 90 } });
    expect((await call("GET", `${A}/policies/${policy.id}`)).body).toEqual(changed.body);
    const all = {
      name: "n",
      description: "",
      cis_level: "level_2",
      target_os: "macos",
      schedule_type: "manual",
      check_interval_minutes: 5,
      passing_score_threshold: 0.5,
      enabled: false,
    };
    const { body: after } = await call("PUT", `${A}/policies/${policy.id}`, all);
    expect(after).toEqual({ ...policy, ...all, target_os: "darwin" });
    expect((await call("PUT", `${A}/policies/${policy.id}`, {})).body).toEqual(after);
  });

  it("refuses changes that creating would refuse", async () => {
    const { body: policy } = await call("POST", `${A}/policies`, body);
    for (const change of [{ name: "" }, { colour: 1 }, { passing_score_threshold: 101 }, { id: policy.id }]) {
      expect((await call("PUT", `${A}/policies/${policy.id}`, change)).status).toBe(422);
    }
  });

  it("is toggled there and back, also with an empty body announced as JSON", async () => {
    const { body: policy } = await call("POST", `${A}/policies`, body);
    expect((await call("POST", `${A}/policies/${policy.id}/toggle`)).body).toEqual({ ...policy, enabled: false });
    expect((await call("POST", `${A}/policies/${policy.id}/toggle`, "")).body).toEqual({ ...policy, enabled: true });
  });

  it("is deleted with 204 and gone, with its results", async () => {
    const { owner, orgId } = await anOrganisation(testApp().services);
    const own = await aCaller(testApp(), orgId);
    const { body: policy } = await own("POST", `${A}/policies`, body);
    const device = await aDevice(owner);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
    expect(await own("DELETE", `${A}/policies/${policy.id}`)).toEqual({ status: 204, body: null });
    for (const method of ["GET", "DELETE"] as const) {
      expect((await own(method, `${A}/policies/${policy.id}`)).status).toBe(404);
    }
    expect((await own("GET", `${A}/results/agent/${device.deviceId}`)).body).toEqual({ items: [], total: 0 });
    expect((await own("GET", `${A}/history/agent/${device.deviceId}`)).body).toEqual([]);
    expect((await own("GET", `${A}/stats`)).body).toMatchObject({ unscanned_agents: 1, average_score: null });
  });

  it.each([
    ["GET", ""],
    ["PUT", ""],
    ["DELETE", ""],
    ["POST", "/toggle"],
  ] as const)("%s%s is a 404 for another organisation's and for none, a 422 for no uuid", async (method, suffix) => {
    const { body: policy } = await strangers("POST", `${A}/policies`, body);
    const payload = method === "PUT" ? {} : undefined;
    for (const id of [policy.id, randomUUID()]) {
      const { status, body: problem } = await call(method, `${A}/policies/${id}${suffix}`, payload);
      expect([status, problem.code]).toEqual([404, "not_found"]);
    }
    expect((await call(method, `${A}/policies/x${suffix}`, payload)).status).toBe(422);
    expect((await strangers("GET", `${A}/policies/${policy.id}`)).body).toEqual(policy);
  });
});
