import { type Kysely, sql } from "kysely";
import { expect, it } from "vitest";
import { asSystem, inTransaction } from "../context.ts";
import { useDatabase } from "../test/database.ts";
import { aDevice, anOrganisation, testServices } from "../test/factories.ts";
import type { Database } from "./schema.ts";

const database = useDatabase();

it("keeps a statement prepared once it was sent five times, and answers each with its own values", async () => {
  const { db } = database().connection;
  await db.connection().execute(async (connection) => {
    const prepared = async () => {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from pg_prepared_statements where statement like 'select $1::text as often%'`.execute(
        connection,
      );
      return rows[0]?.n;
    };
    const send = async (value: string) =>
      (await sql<{ often: string }>`select ${value}::text as often`.execute(connection)).rows[0]?.often;
    for (const value of ["a", "b", "c", "d"]) expect(await send(value)).toBe(value);
    expect(await prepared()).toBe(0);
    for (const value of ["e", "f", "g"]) expect(await send(value)).toBe(value);
    expect(await prepared()).toBe(1);
  });
});

it("takes a statement that failed again", async () => {
  const { db } = database().connection;
  const divide = async (by: number) =>
    (await sql<{ n: number }>`select 6 / ${by}::integer as n`.execute(db)).rows[0]?.n;
  for (let n = 0; n < 8; n += 1) await expect(divide(0)).rejects.toThrow(/division by zero/);
  expect(await divide(3)).toBe(2);
  await expect(divide(0)).rejects.toThrow(/division by zero/);
  expect(await divide(2)).toBe(3);
});

it("shows each organisation its own rows by the same statement, and the server those of all", async () => {
  const services = testServices(database());
  const owners = [(await anOrganisation(services)).owner, (await anOrganisation(services)).owner];
  const devices = await Promise.all(owners.map(async (owner) => (await aDevice(owner)).deviceId));
  // Nothing but row-level security tells them apart. One after the other, so on one connection.
  const seen = async (db: Kysely<Database>) =>
    (await sql<{ id: string }>`select id from device where id = any(${devices}::uuid[]) order by id`.execute(db)).rows;
  for (let n = 0; n < 12; n += 1) {
    const at = n % owners.length;
    const owner = owners[at];
    if (owner === undefined) throw new Error("there are two");
    expect(await inTransaction(owner, ({ db }) => seen(db))).toEqual([{ id: devices[at] }]);
    if (n % 3 === 0) expect(await asSystem(services, seen)).toHaveLength(2);
  }
});
