import fs from "node:fs";
import path from "node:path";
import { type Kysely, sql, type Transaction } from "kysely";
import pg from "pg";
import { firstHash, hashOf } from "./audit.ts";
import { connect } from "./db/connection.ts";
import { startEmbedded } from "./db/embedded.ts";
import type { Database } from "./db/schema.ts";
import { StartupError } from "./errors.ts";

/** One organisation's chain. */
export interface AuditChain {
  readonly orgId: string;
  readonly organisation: string;
  /** How many events hold. */
  readonly events: number;
  /** Hash of the newest event that holds, hexadecimal: written down elsewhere, it proves later that nothing was cut off. */
  readonly head: string;
  /** The first event that does not hold; null when all do. */
  readonly broken: { readonly seq: number; readonly problem: string } | null;
}

export interface VerifyAuditOptions {
  /** Whose embedded database, unless `databaseUrl` names another; started for the while when it is not running. */
  readonly stateDir: string;
  readonly databaseUrl?: string | undefined;
}

const batchSize = 1000;

/**
 * Goes through every organisation's audit log and finds what was edited, removed or put elsewhere. Reads one snapshot and
 * changes nothing, also while a server is running.
 *
 * @throws StartupError when there is no such database, or it cannot be read.
 */
export async function verifyAudit({ stateDir, databaseUrl }: VerifyAuditOptions): Promise<AuditChain[]> {
  if (databaseUrl !== undefined && databaseUrl !== "") return verifyDatabase(databaseUrl);
  const root = path.join(path.resolve(stateDir), "postgres");
  if (!fs.existsSync(path.join(root, "data", "PG_VERSION"))) {
    throw new StartupError(`There is no database in ${stateDir}; name another state directory or set DATABASE_URL.`);
  }
  const database = await startEmbedded(root);
  if (database.adopted) return verifyDatabase(database.url);
  const release = await holdStateDirectory(database.url);
  try {
    return await verifyDatabase(database.url);
  } finally {
    await release();
    await database.stop();
  }
}

/** A server that starts meanwhile must not adopt a database that we are about to stop. */
async function holdStateDirectory(url: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("select pg_advisory_lock(7402311556)");
  return () => client.end();
}

async function verifyDatabase(url: string): Promise<AuditChain[]> {
  const connection = connect(url, 1, () => undefined);
  try {
    return await verifyChains(connection.db);
  } catch (cause) {
    if (cause instanceof StartupError) throw cause;
    throw new StartupError(`The audit log cannot be read: ${(cause as Error).message}.`, { cause });
  } finally {
    await connection.close();
  }
}

/** The same on an open database. */
export async function verifyChains(db: Kysely<Database>): Promise<AuditChain[]> {
  return db
    .transaction()
    .setIsolationLevel("repeatable read")
    .setAccessMode("read only")
    .execute(async (tx) => {
      await sql`select set_config('role', 'holdfast_system', true)`.execute(tx);
      const { rows } = await sql<{ orgId: string; organisation: string | null }>`
        select ids.org_id, organisation.name as organisation
        from (select id as org_id from organisation union select org_id from audit_event union select org_id from audit_head) ids
        left join organisation on organisation.id = ids.org_id order by ids.org_id`.execute(tx);
      const chains: AuditChain[] = [];
      for (const { orgId, organisation } of rows) {
        chains.push({ orgId, organisation: organisation ?? "(removed)", ...(await verifyChain(tx, orgId)) });
      }
      return chains;
    });
}

async function verifyChain(
  tx: Transaction<Database>,
  orgId: string,
): Promise<Pick<AuditChain, "events" | "head" | "broken">> {
  let seq = 0;
  let hash: Buffer = firstHash;
  const answer = (problem: string | null, at = seq + 1) => ({
    events: seq,
    head: hash.toString("hex"),
    broken: problem === null ? null : { seq: at, problem },
  });
  for (let rows = await selectAfter(tx, orgId, 0); rows.length > 0; rows = await selectAfter(tx, orgId, seq)) {
    for (const { previousHash, hash: kept, isWhole, at, ...event } of rows) {
      if (event.seq !== seq + 1) return answer("the event is missing");
      if (!previousHash.equals(hash)) return answer("the event does not follow the one before it");
      if (!isWhole || !hashOf(hash, { ...event, at: at.toISOString() }).equals(kept)) {
        return answer("the event was changed");
      }
      seq = event.seq;
      hash = kept;
    }
  }
  const head = await tx.selectFrom("auditHead").select(["seq", "hash"]).where("orgId", "=", orgId).executeTakeFirst();
  if (head === undefined) return answer(seq === 0 ? "the log is missing" : "the log's head is missing");
  if (head.seq > seq) return answer("the event is missing, at the end of the log");
  if (head.seq < seq || !head.hash.equals(hash)) return answer("the log's head is not its newest event", seq);
  return answer(null);
}

/** The next events by number, from the first one there is: also one that never should have been. */
async function selectAfter(tx: Transaction<Database>, orgId: string, seq: number) {
  return (
    tx
      .selectFrom("auditEvent")
      .selectAll()
      // Times are kept to the millisecond; what is below was put there by another hand.
      .select(sql<boolean>`at = date_trunc('milliseconds', at)`.as("isWhole"))
      .where("orgId", "=", orgId)
      .$if(seq > 0, (query) => query.where("seq", ">", seq))
      .orderBy("seq")
      .limit(batchSize)
      .execute()
  );
}
