import type { Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import { sql } from "kysely";
import type { Tx } from "../../context.ts";

export interface HashedFact {
  /** Hex. */
  readonly hash: string;
  readonly address: string;
  readonly observation: Observation;
}

/** Uploads with the same new facts wait for each other; who comes second finds them when it looks again. */
const attempts = 3;

/**
 * Stores a set of facts, and those of them that no device had before.
 *
 * @param digest hex.
 * @param keptIds of facts that are stored.
 * @returns its id.
 */
export async function insertFactSet(
  tx: Tx,
  deviceId: string,
  digest: string,
  keptIds: readonly number[],
  others: readonly HashedFact[],
): Promise<number> {
  const hashes = others.map(({ hash }) => Buffer.from(hash, "hex"));
  const observations = others.map(({ observation }) => canonicalJson(observation));
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { rows } = await sql<{ id: number }>`
      with given as (
        select * from unnest(${hashes}::bytea[], ${others.map(({ address }) => address)}::text[], ${observations}::jsonb[])
          as given (hash, address, observation)
      ), known as (
        select id, hash from fact where hash = any(${hashes}::bytea[])
      ), added as (
        -- In one order everywhere, so that uploads with the same new facts do not wait for each other in a ring.
        insert into fact (hash, address, observation)
          select * from given where not exists (select from known where known.hash = given.hash) order by hash
          on conflict (hash) do nothing returning id
      ), other as (
        select id from known union all select id from added
      )
      insert into fact_set (org_id, device_id, digest, fact_ids)
        select ${tx.orgId}, ${deviceId}, ${Buffer.from(digest, "hex")},
          array(select unnest(${keptIds}::bigint[]) union all select id from other order by 1)
        where (select count(*) from other) = ${others.length}::integer
        returning id`.execute(tx.db);
    const [row] = rows;
    if (row !== undefined) return row.id;
  }
  throw new Error("facts that another upload stored are not there");
}
