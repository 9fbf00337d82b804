import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { preparing } from "./prepared.ts";
import type { Database } from "./schema.ts";

const int8 = 20;
const int8Array = 1016;
const int2Array = 1005;

/** int8 as a number: our ids and counts stay far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === int8) return Number;
    if (oid === int8Array || oid === int2Array) return numbersOf;
    return pg.types.getTypeParser(oid, (format ?? "text") as "text");
  },
};

/** A flat array without nulls, such as "{1,2}": hundreds of numbers in a fraction of what the general parser takes. */
function numbersOf(text: string): number[] {
  return text === "{}" ? [] : text.slice(1, -1).split(",").map(Number);
}

export interface Connection {
  readonly db: Kysely<Database>;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** @param onError hears of idle connections that broke; the pool replaces them. */
export function connect(connectionString: string, size: number, onError: (error: Error) => void): Connection {
  const pool = new pg.Pool({ connectionString, max: size, types, connectionTimeoutMillis: 30_000 });
  pool.on("error", onError);
  pool.on("connect", (client) => client.on("error", onError));
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: preparing(pool) }),
    // Members of JSON values are data, not columns.
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
  return { db, pool, close: () => db.destroy() };
}
