import { sql } from "kysely";
import { expect, it } from "vitest";
import { useDatabase } from "../../test/database.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, digestOf, testServices } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { claimWork } from "../scans/claim-work.ts";
import { openDueScans } from "../scans/open-due-scans.ts";
import { storeUpload } from "./store-upload.ts";

const database = useDatabase();
const scans = 400;

it("an unchanged scheduled scan adds at most 500 bytes to the database, indexes included", async () => {
  const services = testServices(database());
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner, { scheduleEnabled: true, intervalMinutes: 5 });
  const device = await aDevice(owner);
  const facts = factsFailing("high");
  await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, facts));

  let now = Date.now();
  const scan = async (): Promise<void> => {
    now += 5 * 60_000 + 1000;
    await openDueScans(services, new Date(now));
    const ctx = { ...device.ctx(), now: new Date(now + 100_000) };
    const [item] = await claimWork(ctx, device.deviceId);
    const checkedAt = new Date(now).toISOString();
    const change = { base: digestOf(facts), changed: {}, checkedAt, workItemId: item?.id ?? null };
    expect(item).toBeDefined();
    await storeUpload(ctx, device.deviceId, anUpload(policy.id, facts, change));
  };
  for (let n = 0; n < 50; n += 1) await scan();
  const before = await size();
  for (let n = 0; n < scans; n += 1) await scan();
  const perScan = ((await size()) - before) / scans;
  console.info(`an unchanged scan adds ${Math.round(perScan)} bytes`);
  expect(perScan).toBeLessThanOrEqual(500);
  expect(perScan).toBeGreaterThan(50);
}, 120_000);

async function size(): Promise<number> {
  const { db } = database().connection;
  await sql`vacuum`.execute(db);
  const { rows } = await sql<{ bytes: number }>`select pg_database_size(current_database()) as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}
