import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { type Connection, connect } from "../db/connection.ts";
import { startEmbedded } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";

/** Set by the global set-up: where this run's PostgreSQL lives. */
export const databaseDirectoryVariable = "HOLDFAST_TEST_DATABASE_DIR";
const template = "holdfast_template";

export interface TestDatabase {
  readonly url: string;
  readonly connection: Connection;
}

/** A migrated database of this test file's own, on real PostgreSQL: cloned before its tests, dropped after them. */
export function useDatabase(): () => TestDatabase {
  let database: TestDatabase | null = null;
  let drop: (() => Promise<void>) | null = null;
  beforeAll(async () => {
    const { url, end } = await cloneDatabase();
    const connection = connect(url, 5, () => undefined);
    database = { url, connection };
    drop = async () => {
      await connection.close();
      await end();
    };
  });
  afterAll(async () => drop?.());
  return () => {
    if (database === null) throw new Error("the database is there from beforeAll on");
    return database;
  };
}

/** A new migrated database. @returns its address and what drops it. */
export async function cloneDatabase(): Promise<{ readonly url: string; readonly end: () => Promise<void> }> {
  const server = await withLock(async () => {
    const { url } = await startEmbedded(directory(), { settings: { fsync: "off", max_connections: "200" } });
    const { rowCount } = await asAdministrator(url, "select 1 from pg_database where datname = $1", [template]);
    if (rowCount === 0) {
      await asAdministrator(url, `create database ${template}_new`);
      await migrate(databaseUrl(url, `${template}_new`));
      await asAdministrator(url, `alter database ${template}_new rename to ${template}`);
    }
    return url;
  });
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  // Only one at a time may copy a template.
  await withLock(() => asAdministrator(server, `create database ${name} template ${template}`));
  return {
    url: databaseUrl(server, name),
    end: async () => {
      await asAdministrator(server, `drop database ${name} with (force)`);
    },
  };
}

async function asAdministrator(
  connectionString: string,
  text: string,
  values: unknown[] = [],
): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

function directory(): string {
  const set = process.env[databaseDirectoryVariable];
  if (set === undefined) throw new Error("run the tests from the repository's root: its vitest.config.ts sets them up");
  return set;
}

/** Test files run in several processes. */
async function withLock<T>(work: () => Promise<T>): Promise<T> {
  const lock = path.join(directory(), "lock");
  for (;;) {
    try {
      fs.mkdirSync(lock);
      break;
    } catch {
      await sleep(20);
    }
  }
  try {
    return await work();
  } finally {
    fs.rmdirSync(lock);
  }
}
