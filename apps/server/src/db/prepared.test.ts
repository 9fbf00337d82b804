import { sql } from "kysely";
import { expect, it } from "vitest";
import { useDatabase } from "../test/database.ts";

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
