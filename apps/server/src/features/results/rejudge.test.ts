import { expect, it } from "vitest";
import { type Ctx, inTransaction } from "../../context.ts";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, type TestDevice, testServices } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { setCheckEnabled } from "../checks/set-check-enabled.ts";
import { deletePolicy } from "../policies/delete-policy.ts";
import { updatePolicy } from "../policies/update-policy.ts";
import { getStats } from "../statistics/get-stats.ts";
import { checkUuid } from "./check-uuid.ts";
import { rejudgePolicy } from "./rejudge.ts";
import { rejudgeUpgraded } from "./rejudge-upgraded.ts";
import { storeUpload } from "./store-upload.ts";

const database = useDatabase();

async function fleet(count: number) {
  const { owner } = await anOrganisation(testServices(database()));
  const policy = await aPolicy(owner);
  const devices: TestDevice[] = [];
  for (let n = 0; n < count; n += 1) devices.push(await aDevice(owner));
  return { owner, policyId: policy.id, devices };
}

function upload(device: TestDevice, policyId: string): Promise<unknown> {
  return storeUpload(device.ctx(), device.deviceId, anUpload(policyId, factsFailing("high")));
}

const average = async (owner: Ctx) => (await getStats({ ...owner, now: new Date() })).average;

it("judges a few devices with the change and the rest in the job it leaves, twice being as once", async () => {
  const { owner, policyId, devices } = await fleet(22);
  for (const device of devices) await upload(device, policyId);
  await updatePolicy(owner, policyId, { exclusions: ["1.1.2"] });
  // 20 of 22 at once.
  expect(await average(owner)).toBeCloseTo((20 * 100 + (2 * 100 * 13) / 18) / 22, 6);
  const names = await inTransaction(owner, (tx) => tx.db.selectFrom("outbox").select("name").execute());
  expect(names.filter(({ name }) => name === "rejudge-policy")).toHaveLength(2);
  for (let n = 0; n < 2; n += 1) {
    await rejudgePolicy.run(owner, { policyId });
    expect(await average(owner)).toBe(100);
  }
}, 60_000);

it("judges what is stored by new content, once, and keeps no judgement that nothing rests on", async () => {
  const { owner, policyId, devices } = await fleet(2);
  const [device] = devices;
  if (device === undefined) throw new Error("two devices were asked for");
  await upload(device, policyId);
  const { services } = owner;
  const judgements = () =>
    inTransaction(owner, (tx) => tx.db.selectFrom("judgement").select(["id", "failCount"]).execute());
  // As an installation is that has judged by this content before.
  await rejudgeUpgraded(services);
  const [before] = await judgements();
  const checks = new Map(services.pack.checks);
  const high = checks.get("a-high");
  const low = checks.get("a-low");
  if (high === undefined || low === undefined) throw new Error("the test's pack has both");
  const corrected = {
    ...services,
    pack: { ...services.pack, digest: "cd".repeat(32), checks: checks.set("a-high", { ...low, id: "a-high" }) },
  };
  await rejudgeUpgraded(corrected);
  const after = await judgements();
  expect(await average(owner)).toBe(100);
  expect(after).toEqual([{ id: expect.not.toSatisfy((id: number) => id === before?.id), failCount: 0 }]);
  await rejudgeUpgraded(corrected);
  expect(await judgements()).toEqual(after);
  const events = await inTransaction(owner, (tx) => tx.db.selectFrom("auditEvent").select("action").execute());
  expect(events.filter(({ action }) => action === "content.upgrade")).toHaveLength(2);
});

it("keeps the judgement that an earlier scan rests on", async () => {
  const { owner, policyId, devices } = await fleet(1);
  for (const device of [...devices, ...devices]) await upload(device, policyId);
  await updatePolicy(owner, policyId, { exclusions: ["1.1.2"] });
  const scores = await inTransaction(owner, (tx) =>
    tx.db.selectFrom("judgement").select("failCount").orderBy("id").execute(),
  );
  expect(scores.map(({ failCount }) => failCount)).toEqual([1, 0]);
});

it("does nothing for a policy that is gone by then", async () => {
  const { owner, policyId } = await fleet(0);
  await deletePolicy(owner, policyId);
  await rejudgePolicy.run(owner, { policyId });
});

it("ends right and without a deadlock when uploads, changes and switches come at once", async () => {
  const { owner, policyId, devices } = await fleet(4);
  for (const device of devices) await upload(device, policyId);
  const checkId = checkUuid(owner.orgId, "cis-debian-12", "1.1.1");
  const now = (): Ctx => ({ ...owner, now: new Date() });
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([
      ...devices.map((device) => upload(device, policyId)),
      updatePolicy(now(), policyId, { exclusions: round % 2 === 0 ? ["1.1.2"] : [] }),
      setCheckEnabled(now(), checkId, round % 2 === 0),
    ]);
  }
  await rejudgePolicy.run(owner, { policyId });
  const stale = await inTransaction(owner, (tx) =>
    tx.db
      .selectFrom("latestResult")
      .innerJoin("judgement", "judgement.id", "latestResult.judgementId")
      .innerJoin("policy", "policy.id", "latestResult.policyId")
      .select("deviceId")
      .whereRef("judgement.policyRevision", "<", "policy.revision")
      .execute(),
  );
  expect(stale).toEqual([]);
  expect(await average(owner)).toBe(100);
}, 60_000);

it("answers an upload for a policy that is being deleted with not found", async () => {
  const { owner, policyId, devices } = await fleet(3);
  const outcomes = await Promise.allSettled([
    ...devices.map((device) => upload(device, policyId)),
    deletePolicy(owner, policyId),
  ]);
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "not_found" });
  }
});
