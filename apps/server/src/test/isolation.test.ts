import { randomUUID } from "node:crypto";
import { sql } from "kysely";
import { beforeAll, describe, expect, it } from "vitest";
import { audit } from "../audit.ts";
import { type Ctx, inTransaction } from "../context.ts";
import { createException } from "../features/exceptions/create-exception.ts";
import { requestRemediation } from "../features/remediations/request-remediation.ts";
import { checkUuid } from "../features/results/check-uuid.ts";
import { importResult } from "../features/results/import-result.ts";
import { storeUpload } from "../features/results/store-upload.ts";
import { openScansJob } from "../features/scans/jobs.ts";
import { openWorkItems } from "../features/scans/queries.ts";
import { enqueue } from "../jobs.ts";
import { useDatabase } from "./database.ts";
import { aDevice, anApiToken, anOrganisation, anUpload, aPolicy, aUser, testServices } from "./factories.ts";
import { factsFailing } from "./pack.ts";

const database = useDatabase();
let first: Ctx;
let second: Ctx;

beforeAll(async () => {
  const services = testServices(database());
  first = (await anOrganisation(services)).owner;
  second = (await anOrganisation(services)).owner;
  const policy = await aPolicy(first);
  const device = await aDevice(first);
  await aUser(services, first.orgId);
  await anApiToken(services, first.orgId);
  const { deviceId } = device;
  await storeUpload(device.ctx(), deviceId, anUpload(policy.id, factsFailing("critical")));
  await requestRemediation(first, { deviceId, checkIds: ["1.1.1"], action: "apply", reason: null });
  await inTransaction(first, async (tx) => {
    await openWorkItems(tx, policy.id, [device.deviceId]);
    await enqueue(tx, openScansJob, { policyId: policy.id, deviceIds: null });
    const findings = [{ checkId: "9.9", status: "fail" as const }];
    const checkedAt = first.now.toISOString();
    await importResult(tx, device.deviceId, { policyId: policy.id, checkedAt, source: "another scanner", findings });
    const checkId = checkUuid(tx.orgId, "cis-debian-12", "1.1.1");
    await createException(tx, { checkId, deviceId: null, reason: "a test", expiresAt: null });
    await audit(tx, { action: "test.happen", subject: { type: "test", id: "1" } });
  });
});

/** Every table with a column org_id, and whether it is a partition. */
async function tables(): Promise<{ name: string; partition: boolean }[]> {
  const { rows } = await sql<{ name: string; partition: boolean }>`
    select c.relname as name, c.relispartition as partition from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`.execute(
    database().connection.db,
  );
  return rows;
}

describe("organisations", () => {
  it("have row-level security, forced, on every table of theirs", async () => {
    const found = await tables();
    expect(found.length).toBeGreaterThan(12);
    for (const { name, partition } of found) {
      const { rows } = await sql<{ enabled: boolean; forced: boolean; granted: boolean }>`
        select relrowsecurity as enabled, relforcerowsecurity as forced,
          has_table_privilege('holdfast_app', oid, 'select, insert, update, delete') as granted
        from pg_class where oid = ${name}::regclass`.execute(database().connection.db);
      // A partition is reached through its parent, whose policies hold; on its own nobody may touch it.
      expect({ name, ...rows[0] }).toEqual({ name, enabled: true, forced: !partition, granted: !partition });
    }
  });

  it("are kept apart by roles that no policy can be bypassed with", async () => {
    const { rows } = await sql<{ name: string }>`
      select rolname as name from pg_roles
      where rolname in ('holdfast_app', 'holdfast_system') and not rolbypassrls and not rolsuper and not rolcanlogin`.execute(
      database().connection.db,
    );
    expect(rows.map(({ name }) => name).sort()).toEqual(["holdfast_app", "holdfast_system"]);
  });

  it("are not looked across by what someone in one may call", async () => {
    const { rows } = await sql<{ name: string; callable: boolean }>`
      select proname as name, has_function_privilege('holdfast_app', oid, 'execute') as callable from pg_proc
      where pronamespace = 'public'::regnamespace and 'role=holdfast_system' = any(proconfig)`.execute(
      database().connection.db,
    );
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.filter(({ callable }) => callable)).toEqual([]);
  });

  it("share only what is nobody's: every other table is protected too", async () => {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and not (relrowsecurity and relforcerowsecurity) order by 1`.execute(database().connection.db);
    // Facts without their device, the order of a benchmark's recommendations, and the schema's own version.
    expect(rows.map(({ name }) => name)).toEqual(["benchmark_layout", "fact", "schema_migration"]);
  });

  it("see their own rows, and nothing of another's", async () => {
    for (const { name } of (await tables()).filter(({ partition }) => !partition)) {
      const seen = async (ctx: Ctx) => {
        const { rows } = await inTransaction(ctx, (tx) =>
          sql<{ n: number }>`select count(*) as n from ${sql.table(name)}`.execute(tx.db),
        );
        return rows[0]?.n ?? -1;
      };
      expect(await seen(first), `${name} is filled by the set-up`).toBeGreaterThan(0);
      expect(await seen(second), name).toBe(0);
      expect(await seen({ ...first, orgId: "" }), `${name} without an organisation`).toBe(0);
    }
  });

  it("cannot write rows of another's", async () => {
    for (const { name } of (await tables()).filter(({ partition }) => !partition)) {
      // The row-level check comes before every other constraint, so the row need not be complete.
      const insert = inTransaction(second, (tx) =>
        sql`insert into ${sql.table(name)} (org_id) values (${first.orgId})`.execute(tx.db),
      );
      await expect(insert, name).rejects.toThrow(/row-level security/);
    }
  });

  it("cannot change or delete rows of another's", async () => {
    for (const table of ["policy", "device", "workItem", "latestResult", "remediation"] as const) {
      const deleted = await inTransaction(second, (tx) => tx.db.deleteFrom(table).executeTakeFirst());
      expect(deleted.numDeletedRows, table).toBe(0n);
    }
  });

  it("never read a password hash or a session", async () => {
    const read = (text: string) => inTransaction(first, (tx) => sql.raw(text).execute(tx.db));
    await expect(read("select password_hash from user_account")).rejects.toThrow(/permission denied/);
    await expect(read("select * from session")).rejects.toThrow(/permission denied/);
    expect((await read("select id from user_account")).rows).toHaveLength(1);
  });

  it("cannot change the audit log, not even as the owner of the tables", async () => {
    const { db } = database().connection;
    await expect(sql`update audit_event set action = 'x'`.execute(db)).rejects.toThrow(/append-only/);
    await expect(sql`delete from audit_event`.execute(db)).rejects.toThrow(/append-only/);
    await expect(sql`truncate audit_event`.execute(db)).rejects.toThrow(/append-only/);
    await expect(
      inTransaction(first, (tx) => sql`delete from audit_event where subject_id = ${randomUUID()}`.execute(tx.db)),
    ).rejects.toThrow(/permission denied/);
  });
});
