import pg from "pg";
import { StartupError } from "../errors.ts";
import { migrations } from "./migrations.ts";

/** Any number, ours alone: one process migrates, the others wait. */
const lockKey = 7_402_311_554;

/**
 * Brings the database to this version's schema, each migration in its own transaction. Several processes may do so at once.
 *
 * @throws StartupError when the database is newer than this program or older than PostgreSQL 15.
 */
export async function migrate(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  await client.connect();
  try {
    await assertVersion(client);
    await client.query("select pg_advisory_lock($1)", [lockKey]);
    await client.query(
      "create table if not exists schema_migration (version integer primary key, name text not null, applied_at timestamptz not null default now())",
    );
    const { rows } = await client.query<{ version: number }>("select version from schema_migration");
    const applied = new Set(rows.map((row) => row.version));
    const known = Math.max(...migrations.map(({ version }) => version));
    if (Math.max(0, ...applied) > known) {
      throw new StartupError("The database was made by a newer Holdfast; upgrade this one.");
    }
    for (const migration of migrations.filter(({ version }) => !applied.has(version))) {
      await client.query("begin");
      await client.query(migration.sql);
      await client.query("insert into schema_migration (version, name) values ($1, $2)", [
        migration.version,
        migration.name,
      ]);
      await client.query("commit");
    }
    await ensurePartitions(client, new Date());
  } finally {
    // Also gives up an open transaction and the lock.
    await client.end();
  }
}

/** This month's partition of results and the next two. */
export async function ensurePartitions(
  client: { query(text: string, values: unknown[]): Promise<unknown> },
  now: Date,
): Promise<void> {
  for (const ahead of [0, 1, 2]) {
    const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    await client.query("call ensure_scan_result_partition($1)", [month.toISOString().slice(0, 10)]);
  }
}

async function assertVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
  const major = Math.floor(Number(rows[0]?.server_version_num ?? 0) / 10_000);
  if (major < 15) throw new StartupError(`PostgreSQL 15 or newer is needed; this is ${major}.`);
}
