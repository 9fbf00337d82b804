import { randomUUID } from "node:crypto";
import type { Pack } from "@holdfast/content/pack";
import { beforeAll, describe, expect, it } from "vitest";
import { seedChecks } from "../../features/checks/seed-checks.ts";
import { storeUpload } from "../../features/results/store-upload.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy } from "../../test/factories.ts";
import { factsFailing, testPack } from "../../test/pack.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
let call: Caller;
let strangers: Caller;

beforeAll(async () => {
  call = await aCaller(testApp(), (await anOrganisation(testApp().services)).orgId);
  strangers = await aCaller(testApp(), (await anOrganisation(testApp().services)).orgId);
  await call("POST", `${A}/checks/seed`);
});

async function organisation() {
  const { owner, orgId } = await anOrganisation(testApp().services);
  return { owner, own: await aCaller(testApp(), orgId) };
}

describe("seeding", () => {
  it("lists every recommendation once and reports truthfully", async () => {
    const { own } = await organisation();
    expect((await own("GET", `${A}/checks`)).body).toEqual({ items: [], total: 0 });
    const seeded = await own("POST", `${A}/checks/seed`);
    expect(seeded).toEqual({ status: 200, body: { checks_created: 5, checks_updated: 0 } });
    expect((await own("POST", `${A}/checks/seed`)).body).toEqual({ checks_created: 0, checks_updated: 0 });
    expect((await own("GET", `${A}/checks`)).body.total).toBe(5);
  });

  it("counts two at once as one", async () => {
    const { own } = await organisation();
    const both = await Promise.all([own("POST", `${A}/checks/seed`), own("POST", `${A}/checks/seed`)]);
    expect(both.map(({ body }) => body.checks_created).sort()).toEqual([0, 5]);
  });

  it("updates what the content changed", async () => {
    const { owner, own } = await organisation();
    await own("POST", `${A}/checks/seed`);
    const checks = [...testPack.checks].map(
      ([id, check]) => [id, id === "a-high" ? { ...check, title: "A better title" } : check] as const,
    );
    const pack: Pack = { ...testPack, digest: "cd".repeat(32), checks: new Map(checks) };
    const services = { ...owner.services, pack };
    expect(await seedChecks({ ...owner, services })).toEqual({ created: 0, updated: 1 });
    const { items } = (await own("GET", `${A}/checks?severity=high`)).body;
    expect(items).toMatchObject([{ cis_title: "A better title" }]);
  });

  it("never enables what a person disabled", async () => {
    const { own } = await organisation();
    await own("POST", `${A}/checks/seed`);
    const [check] = (await own("GET", `${A}/checks?severity=high`)).body.items;
    await own("PATCH", `${A}/checks/${check.id}`, { enabled: false });
    expect((await own("POST", `${A}/checks/seed`)).body).toEqual({ checks_created: 0, checks_updated: 0 });
    expect((await own("GET", `${A}/checks?enabled=false`)).body).toMatchObject({ total: 1, items: [{ id: check.id }] });
  });
});

describe("listing checks", () => {
  it("shows what the document shows", async () => {
    const { items } = (await call("GET", `${A}/checks?limit=1`)).body;
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        cis_id: "1.1.1",
        cis_title: "The critical setting is on",
        cis_description: "So that there is something to check.",
        cis_level: "level_1",
        category: "kernel",
        severity: "critical",
        target_os: "linux",
        enabled: true,
        is_builtin: true,
        remediation_guidance: "Set test.critical to 1.",
      },
    ]);
  });

  it.each([
    ["category=kernel", 5],
    ["category=firewall", 0],
    ["severity=low", 2],
    ["target_os=linux", 5],
    ["target_os=darwin", 0],
    ["target_os=macos", 0],
    ["control=nist:ac-6", 1],
    ["control=nist:AC-6%289%29&severity=high", 1],
    ["control=nist:AC-1", 0],
    ["enabled=true", 5],
    ["enabled=false", 0],
    ["category=kernel&severity=high&target_os=linux&enabled=true", 1],
  ])("filters by %s", async (query, total) => {
    expect((await call("GET", `${A}/checks?${query}`)).body.total).toBe(total);
  });

  it("pages", async () => {
    const { items, total } = (await call("GET", `${A}/checks?skip=3&limit=2`)).body;
    expect([items.map(({ cis_id }: { cis_id: string }) => cis_id), total]).toEqual([["1.2.1", "1.2.2"], 5]);
  });

  it.each([
    "severity=urgent",
    "target_os=beos",
    "enabled=maybe",
    "limit=501",
    "colour=red",
    "control=",
    "control=iso:1",
  ])("refuses %s", async (query) => {
    expect((await call("GET", `${A}/checks?${query}`)).status).toBe(422);
  });
});

describe("switching a check off", () => {
  it("takes it out of every policy at once, and back in", async () => {
    const { owner, own } = await organisation();
    const policies = [await aPolicy(owner), await aPolicy(owner, { level: 2 })];
    const device = await aDevice(owner);
    for (const policy of policies) {
      await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
    }
    const results = (query = "") => own("GET", `${A}/results/agent/${device.deviceId}${query}`);
    // Without seeding: the id in a result is enough.
    const [failed] = (await results("?status=failed")).body.items;
    const before = (await results()).body.items;
    const off = await own("PATCH", `${A}/checks/${failed.check_id}`, { enabled: false });
    expect(off).toMatchObject({ status: 200, body: { id: failed.check_id, cis_id: "1.1.2", enabled: false } });
    const after = (await results()).body;
    expect(after.items.map((item: { check_id: string }) => item.check_id)).not.toContain(failed.check_id);
    expect(after.total).toBe(before.length - 2);
    expect(after.items[0].checked_at).toBe(before[0].checked_at);
    for (const policy of policies) {
      const { body } = await own("GET", `${A}/score/agent/${device.deviceId}?policy_id=${policy.id}`);
      expect(body).toMatchObject({ score: 100, risk_level: "low", failed_checks: 0, high_failed: 0 });
    }
    expect((await own("GET", `${A}/stats/top-failing`)).body).toEqual([]);
    await own("PATCH", `${A}/checks/${failed.check_id}`, { enabled: true });
    expect((await results()).body.items).toEqual(before);
  });

  it("is refused for what is not a change, and hidden from others", async () => {
    const [check] = (await call("GET", `${A}/checks`)).body.items;
    for (const change of [{}, { enabled: "no" }, { enabled: true, cis_title: "x" }, { severity: "low" }]) {
      expect((await call("PATCH", `${A}/checks/${check.id}`, change)).status).toBe(422);
    }
    expect((await strangers("PATCH", `${A}/checks/${check.id}`, { enabled: false })).status).toBe(404);
    expect((await call("PATCH", `${A}/checks/${randomUUID()}`, { enabled: false })).status).toBe(404);
    expect((await call("PATCH", `${A}/checks/x`, { enabled: false })).status).toBe(422);
  });
});

it("gives a check the same id in results and in the list", async () => {
  const { owner, own } = await organisation();
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing()));
  await own("POST", `${A}/checks/seed`);
  const listed = (await own("GET", `${A}/checks`)).body.items;
  for (const { check_id, check } of (await own("GET", `${A}/results/agent/${device.deviceId}`)).body.items) {
    expect(listed).toContainEqual(expect.objectContaining({ id: check_id, cis_id: check.cis_id }));
  }
});
