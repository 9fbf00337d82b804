import { describe, expect, it } from "vitest";
import { type Ctx, inTransaction } from "../../context.ts";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, digestOf, testServices } from "../../test/factories.ts";
import { debian12, factsFailing, unknownLinux } from "../../test/pack.ts";
import { selectDevice } from "../devices/queries.ts";
import { deletePolicy } from "../policies/delete-policy.ts";
import { updatePolicy } from "../policies/update-policy.ts";
import { openWorkItems } from "../scans/queries.ts";
import { findDeviceFindings } from "./find-device-findings.ts";
import { storeUpload } from "./store-upload.ts";

const database = useDatabase();

async function scene() {
  const services = testServices(database());
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  return { owner, policy, device };
}

function count(ctx: Ctx, table: "scanResult" | "factSet" | "judgement" | "workItem"): Promise<number> {
  return inTransaction(ctx, async (tx) => {
    const { n } = await tx.db
      .selectFrom(table)
      .select((s) => s.fn.countAll<number>().as("n"))
      .executeTakeFirstOrThrow();
    return n;
  });
}

describe("storing an upload", () => {
  it("judges it and keeps verdicts, score and evidence", async () => {
    const { owner, policy, device } = await scene();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
    const { result, findings, benchmark } = await findDeviceFindings(owner, device.deviceId);
    // Passed 10 + 3 of 10 + 5 + 3; Level 2 is left out, what is not ported does not count.
    expect(result).toMatchObject({ score: 72.2, riskLevel: "high" });
    expect(result.counts).toMatchObject({ pass: 2, fail: 1, not_ported: 1, error: 0 });
    expect(benchmark).toMatchObject({ id: "cis-debian-12", version: "1.1.0" });
    expect(findings.map(({ checkId, status }) => `${checkId} ${status}`)).toEqual([
      "1.1.1 pass",
      "1.1.2 fail",
      "1.1.3 pass",
      "1.2.2 not_ported",
    ]);
    expect(findings[1]?.evidence.actual).toContain("running 0");
    expect(findings[1]).toMatchObject({ section: "Kernel", level: 1, assessment: "automated" });
  });

  it("stores the same upload once, also when it comes twice at once", async () => {
    const { owner, policy, device } = await scene();
    const upload = anUpload(policy.id, factsFailing());
    const acks = await Promise.all([1, 2, 3].map(() => storeUpload(device.ctx(), device.deviceId, upload)));
    expect(new Set(acks.map(({ resultId }) => resultId)).size).toBe(1);
    expect(
      await storeUpload(device.ctx(), device.deviceId, { ...upload, checkedAt: new Date().toISOString() }),
    ).toEqual(acks[0]);
    expect(await count(owner, "scanResult")).toBe(1);
  });

  it("takes changes relative to what it has, and back again, without storing a set twice", async () => {
    const { owner, policy, device } = await scene();
    const before = factsFailing();
    const after = factsFailing("critical");
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, before));
    const address = "sysctl:test.critical";
    const changed = { [address]: after[address] as (typeof after)[string] };
    const there = anUpload(policy.id, after, { base: digestOf(before), changed });
    await storeUpload(device.ctx(), device.deviceId, there);
    expect((await findDeviceFindings(owner, device.deviceId)).result.riskLevel).toBe("critical");
    const undone = { [address]: before[address] as (typeof before)[string] };
    const back = anUpload(policy.id, before, { base: digestOf(after), changed: undone });
    await storeUpload(device.ctx(), device.deviceId, back);
    expect((await findDeviceFindings(owner, device.deviceId)).result.score).toBe(100);
    expect(await count(owner, "factSet")).toBe(2);
    expect(await count(owner, "judgement")).toBe(2);
    const { [address]: _, ...rest } = before;
    const without = anUpload(policy.id, rest, { base: digestOf(before), changed: {}, removed: [address] });
    await storeUpload(device.ctx(), device.deviceId, without);
    const { result } = await findDeviceFindings(owner, device.deviceId);
    expect(result.counts).toMatchObject({ error: 1, pass: 2 });
  });

  it("asks for the whole set when it does not know the base or the changes do not add up", async () => {
    const { owner, policy, device } = await scene();
    const facts = factsFailing();
    const unknown = anUpload(policy.id, facts, { base: "0".repeat(64), changed: {} });
    await expect(storeUpload(device.ctx(), device.deviceId, unknown)).rejects.toMatchObject({
      code: "conflict",
      fields: { code: "unknown_base" },
    });
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const wrong = anUpload(policy.id, facts, { base: digestOf(facts), digest: "1".repeat(64), changed: {} });
    await expect(storeUpload(device.ctx(), device.deviceId, wrong)).rejects.toMatchObject({
      fields: { code: "unknown_base" },
    });
    expect(await count(owner, "scanResult")).toBe(1);
  });

  it("does not take another device's set as a base", async () => {
    const { owner, policy, device } = await scene();
    const other = await aDevice(owner);
    const facts = factsFailing();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const upload = anUpload(policy.id, facts, { base: digestOf(facts), changed: {} });
    await expect(storeUpload(other.ctx(), other.deviceId, upload)).rejects.toMatchObject({ code: "conflict" });
  });

  it("refuses facts that do not have the stated digest", async () => {
    const { policy, device } = await scene();
    const upload = anUpload(policy.id, factsFailing(), { digest: "2".repeat(64) });
    await expect(storeUpload(device.ctx(), device.deviceId, upload)).rejects.toThrow(/digest/);
  });

  it.each([
    ["too many facts", Object.fromEntries(Array.from({ length: 5001 }, (_, n) => [`sysctl:${n}`, { state: n }]))],
    ["a fact that is too large", { "sysctl:a": { state: "x".repeat(300_000) } }],
    ["a NUL character", { "sysctl:a": { state: { "a\0b": 1 } } }],
    ["half a surrogate pair", { "sysctl:a": { state: ["\ud800"] } }],
    ["a number out of range", { "sysctl:a": { state: Number.POSITIVE_INFINITY } }],
    ["endless nesting", { "sysctl:a": { state: JSON.parse(`${"[".repeat(1000)}${"]".repeat(1000)}`) } }],
  ])("refuses %s", async (_, facts) => {
    const { policy, device } = await scene();
    const upload = anUpload(policy.id, factsFailing(), { changed: facts });
    await expect(storeUpload(device.ctx(), device.deviceId, upload)).rejects.toMatchObject({ code: "invalid" });
  });

  it("refuses a time more than a day ahead", async () => {
    const { policy, device } = await scene();
    const checkedAt = new Date(Date.now() + 25 * 3_600_000).toISOString();
    const upload = anUpload(policy.id, factsFailing(), { checkedAt });
    await expect(storeUpload(device.ctx(), device.deviceId, upload)).rejects.toThrow(/24 hours/);
  });

  it("gives a device that no benchmark fits one error and no score", async () => {
    const { owner, policy } = await scene();
    const device = await aDevice(owner, unknownLinux);
    const upload = anUpload(policy.id, {}, { platform: unknownLinux, benchmark: "" });
    await storeUpload(device.ctx(), device.deviceId, upload);
    const { result, findings } = await findDeviceFindings(owner, device.deviceId);
    expect(result).toMatchObject({ score: null, riskLevel: null, counts: { error: 1, pass: 0 } });
    expect(findings).toMatchObject([{ status: "error", message: expect.stringContaining("no benchmark") }]);
  });

  it("adds a row and no judgement when nothing has changed, and closes the work that answers", async () => {
    const { owner, policy, device } = await scene();
    const facts = factsFailing("high");
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    await inTransaction(owner, (tx) => openWorkItems(tx, policy.id, [device.deviceId]));
    const repeated = anUpload(policy.id, facts, { base: digestOf(facts), changed: {} });
    const told: string[] = [];
    const events = { tell: (_: string, event: object) => void told.push(JSON.stringify(event)) };
    const { services, ...rest } = device.ctx();
    const acks = await Promise.all(
      [1, 2, 3].map(() => storeUpload({ ...rest, services: { ...services, events } }, device.deviceId, repeated)),
    );
    expect(new Set(acks.map(({ resultId }) => resultId)).size).toBe(1);
    expect((await findDeviceFindings(owner, device.deviceId)).result.resultId).toBe(acks[0]?.resultId);
    expect(await count(owner, "scanResult")).toBe(2);
    expect(await count(owner, "judgement")).toBe(1);
    expect(await count(owner, "workItem")).toBe(0);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toContain('"state":"completed"');
  });

  it("stores unchanged scans of many devices that come at once as each by itself", async () => {
    const services = testServices(database());
    const { owner } = await anOrganisation(services);
    const policies = [await aPolicy(owner), await aPolicy(owner)];
    const stranger = await scene();
    const facts = factsFailing("high");
    const repeated = { base: digestOf(facts), changed: {} };
    const devices = await Promise.all(Array.from({ length: 8 }, () => aDevice(owner)));
    for (const { ctx, deviceId } of devices)
      for (const { id } of policies) await storeUpload(ctx(), deviceId, anUpload(id, facts));
    await storeUpload(stranger.device.ctx(), stranger.device.deviceId, anUpload(stranger.policy.id, facts));
    const [first, second, third] = devices;
    await inTransaction(owner, (tx) => openWorkItems(tx, policies[0]?.id ?? "", [first?.deviceId ?? ""]));
    const uploads = devices.flatMap((device) =>
      policies.map(({ id }) => ({ device, upload: anUpload(id, facts, repeated) })),
    );
    const gone = anUpload(crypto.randomUUID(), facts, repeated);
    const others = anUpload(stranger.policy.id, facts, repeated);
    const wrong = anUpload(policies[0]?.id ?? "", facts, { ...repeated, platform: { ...debian12, name: "a\0b" } });
    const [acks, [ofGone, ofOthers, ofWrong]] = await Promise.all([
      Promise.all(uploads.map(({ device, upload }) => storeUpload(device.ctx(), device.deviceId, upload))),
      Promise.allSettled(
        [gone, others, wrong].map((upload, n) => {
          const device = [first, second, third][n];
          return device === undefined ? null : storeUpload(device.ctx(), device.deviceId, upload);
        }),
      ),
      storeUpload(stranger.device.ctx(), stranger.device.deviceId, others),
    ]);
    expect([ofGone, ofOthers, ofWrong].map((one) => one?.status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(new Set(acks.map(({ resultId }) => resultId)).size).toBe(16);
    expect(await count(owner, "scanResult")).toBe(32);
    expect(await count(owner, "judgement")).toBe(16);
    expect(await count(owner, "workItem")).toBe(0);
    expect(await count(stranger.owner, "scanResult")).toBe(2);
    const latest = await inTransaction(owner, (tx) => tx.db.selectFrom("latestResult").select("resultId").execute());
    expect(new Set(latest.map(({ resultId }) => resultId))).toEqual(new Set(acks.map(({ resultId }) => resultId)));
  });

  it("stores unchanged scans while their policy is being deleted, or refuses them", async () => {
    const { owner, policy } = await scene();
    const facts = factsFailing();
    const devices = await Promise.all(Array.from({ length: 6 }, () => aDevice(owner)));
    for (const { ctx, deviceId } of devices) await storeUpload(ctx(), deviceId, anUpload(policy.id, facts));
    const send = () =>
      devices.map(({ ctx, deviceId }) =>
        storeUpload(ctx(), deviceId, anUpload(policy.id, facts, { base: digestOf(facts), changed: {} })),
      );
    const sent = send();
    const deleted = deletePolicy(owner, policy.id);
    const settled = await Promise.allSettled([...sent, ...send()]);
    await deleted;
    for (const one of settled) if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "not_found" });
    expect(await inTransaction(owner, (tx) => tx.db.selectFrom("latestResult").selectAll().execute())).toEqual([]);
  });

  it("keeps a later result the latest when an unchanged scan comes late", async () => {
    const { owner, policy, device } = await scene();
    const facts = factsFailing("high");
    const { resultId } = await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const checkedAt = new Date(Date.now() - 3_600_000).toISOString();
    const late = anUpload(policy.id, facts, { base: digestOf(facts), changed: {}, checkedAt });
    await storeUpload(device.ctx(), device.deviceId, late);
    expect((await findDeviceFindings(owner, device.deviceId)).result.resultId).toBe(resultId);
    expect(await count(owner, "scanResult")).toBe(2);
  });

  it("notices a new version of the agent or of the platform when nothing else has changed", async () => {
    const { owner, policy, device } = await scene();
    const facts = factsFailing();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));
    const platform = { ...debian12, name: "Debian GNU/Linux 12.1" };
    const change = { base: digestOf(facts), changed: {}, agentVersion: "0.2.0", platform };
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts, change));
    const stored = await inTransaction(owner, (tx) => selectDevice(tx, device.deviceId));
    expect(stored).toMatchObject({ agentVersion: "0.2.0", platform });
  });

  it("closes the work it answers", async () => {
    const { owner, policy, device } = await scene();
    const [item] = await inTransaction(owner, (tx) => openWorkItems(tx, policy.id, [device.deviceId]));
    await storeUpload(
      device.ctx(),
      device.deviceId,
      anUpload(policy.id, factsFailing(), { workItemId: item?.id ?? null }),
    );
    expect(await count(owner, "workItem")).toBe(0);
  });

  it("keeps the later of two scans as the latest, whichever comes first", async () => {
    const { owner, policy, device } = await scene();
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing(), { checkedAt: at(1) }));
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("low"), { checkedAt: at(5) }));
    expect((await findDeviceFindings(owner, device.deviceId)).result.score).toBe(100);
  });

  it("judges again when the policy has changed, and keeps no judgement that nothing rests on", async () => {
    const { owner, policy, device } = await scene();
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
    await updatePolicy(owner, policy.id, { exclusions: ["1.1.2"] });
    const upload = anUpload(policy.id, factsFailing("high"), { base: digestOf(factsFailing("high")), changed: {} });
    await storeUpload(device.ctx(), device.deviceId, upload);
    const { result, findings } = await findDeviceFindings(owner, device.deviceId);
    expect(result.score).toBe(100);
    expect(findings.map(({ checkId }) => checkId)).not.toContain("1.1.2");
    expect(await count(owner, "judgement")).toBe(1);
  });
});
