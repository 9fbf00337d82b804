import { expect, it } from "vitest";
import { asSystem, inTransaction } from "../../context.ts";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, testServices } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { getPolicy } from "../policies/get-policy.ts";
import { storeUpload } from "../results/store-upload.ts";
import { openDueScans } from "./open-due-scans.ts";
import { lockDuePolicies } from "./queries.ts";

const database = useDatabase();
const minutes = (count: number) => new Date(Date.now() + count * 60_000);

it("opens one item per device of the policy's system when it is due, and not a second one", async () => {
  const services = testServices(database());
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner, { scheduleEnabled: true, intervalMinutes: 60 });
  await aPolicy(owner, { scheduleEnabled: false });
  await aPolicy(owner, { scheduleEnabled: true, osType: "windows" });
  // Enrolling opens the first scan of each; done with at once here.
  const devices = [await aDevice(owner), await aDevice(owner)];
  await inTransaction(owner, (tx) => tx.db.deleteFrom("workItem").execute());
  expect(await openDueScans(services, minutes(59))).toBe(0);
  const opened = await Promise.all([openDueScans(services, minutes(61)), openDueScans(services, minutes(61))]);
  expect(opened.sort()).toEqual([0, devices.length]);
  const next = (await getPolicy(owner, policy.id)).nextScanAt;
  expect(next?.getTime()).toBeGreaterThan(minutes(118).getTime());
  expect(await openDueScans(services, minutes(125))).toBe(0);
});

it("does not make up for what was missed", async () => {
  const services = testServices(database());
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner, { scheduleEnabled: true, intervalMinutes: 5 });
  const at = minutes(24 * 60);
  await openDueScans(services, at);
  expect((await getPolicy(owner, policy.id)).nextScanAt?.getTime()).toBe(at.getTime() + 5 * 60_000);
});

it("does not hold up uploads meanwhile", async () => {
  const services = testServices(database());
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner, { scheduleEnabled: true, intervalMinutes: 60 });
  const device = await aDevice(owner);
  await asSystem(services, async (db) => {
    const due = await lockDuePolicies(db, minutes(61));
    expect(due.map(({ id }) => id)).toContain(policy.id);
    await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing()));
  });
});
