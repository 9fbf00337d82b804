import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { asSystem } from "../context.ts";
import { storeUpload } from "../features/results/store-upload.ts";
import { aDevice, anOrganisation, anUpload, aPolicy, testServices } from "../test/factories.ts";
import { factsFailing } from "../test/pack.ts";
import { aStateDir } from "../test/state-dir.ts";
import { connect } from "./connection.ts";
import { startEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";

const ignore = (): void => undefined;

it("keeps every acknowledged upload and nothing half-written when the database is killed", async () => {
  const root = path.join(aStateDir(), "postgres");
  let database = await startEmbedded(root);
  onTestFinished(() => database.stop());
  await migrate(database.url);
  let connection = connect(database.url, 5, ignore);
  const services = testServices({ url: database.url, connection });
  const { owner } = await anOrganisation(services);
  const policy = await aPolicy(owner);
  const devices = await Promise.all([1, 2, 3, 4].map(() => aDevice(owner)));

  const acknowledged: string[] = [];
  let killed = false;
  const uploading = devices.map(async (device, which) => {
    for (let n = 0; !killed; n += 1) {
      const extra = { [`sysctl:device.${which}.${n}`]: { state: { running: String(n), onBoot: null } } };
      const upload = anUpload(policy.id, { ...factsFailing(), ...extra });
      const ack = await storeUpload(device.ctx(), device.deviceId, upload).catch(() => null);
      if (ack !== null) acknowledged.push(ack.resultId);
    }
  });
  while (acknowledged.length < 40) await sleep(10);
  process.kill(database.pid, "SIGKILL");
  await sleep(50);
  killed = true;
  await Promise.all(uploading);
  await connection.close();

  database = await startEmbedded(root);
  connection = connect(database.url, 2, ignore);
  onTestFinished(() => connection.close());
  await asSystem({ db: connection.db }, async (db) => {
    const results = await db.selectFrom("scanResult").select(["id", "judgementId"]).execute();
    expect(results.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    // Four may have been stored just before their answer was lost.
    expect(results.length - acknowledged.length).toBeLessThanOrEqual(devices.length);
    const { rows } = await sql<{ broken: number }>`
      select
        (select count(*) from scan_result r left join judgement j on j.id = r.judgement_id where j.id is null)
        + (select count(*) from fact_set s where exists (
            select 1 from unnest(s.fact_ids) as f (id) where not exists (select 1 from fact where fact.id = f.id)))
        + (select count(*) from fact_set s where not exists (select 1 from judgement j where j.fact_set_id = s.id))
        + (select count(*) from judgement j where not exists (select 1 from scan_result r where r.judgement_id = j.id))
        + (select count(*) from latest_result l where not exists (
            select 1 from scan_result r where r.id = l.result_id and r.judgement_id = l.judgement_id))
        + (select count(*) from device d where d.fact_set_id is distinct from (
            select max(s.id) from fact_set s where s.device_id = d.id)) as broken`.execute(db);
    expect(rows[0]?.broken).toBe(0);
  });
}, 60_000);
