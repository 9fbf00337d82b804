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

const rowsPerInsert = 500;

/** The ids of facts by their hash, storing those that no device had before. */
export async function internFacts(tx: Tx, facts: readonly HashedFact[]): Promise<Map<string, number>> {
  const ids = await idsOf(tx, facts);
  // In one order everywhere, so that two uploads with the same new facts wait for each other instead of deadlocking.
  const missing = facts.filter(({ hash }) => !ids.has(hash)).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  for (let at = 0; at < missing.length; at += rowsPerInsert) {
    const inserted = await tx.db
      .insertInto("fact")
      .values(
        missing.slice(at, at + rowsPerInsert).map(({ hash, address, observation }) => ({
          hash: Buffer.from(hash, "hex"),
          address,
          observation: canonicalJson(observation),
        })),
      )
      .onConflict((conflict) => conflict.column("hash").doNothing())
      .returning(["id", "hash"])
      .execute();
    for (const { id, hash } of inserted) ids.set(hash.toString("hex"), id);
  }
  // Another upload's, stored meanwhile.
  const others = missing.filter(({ hash }) => !ids.has(hash));
  for (const [hash, id] of await idsOf(tx, others)) ids.set(hash, id);
  return ids;
}

async function idsOf(tx: Tx, facts: readonly HashedFact[]): Promise<Map<string, number>> {
  if (facts.length === 0) return new Map();
  const hashes = facts.map(({ hash }) => Buffer.from(hash, "hex"));
  const rows = await tx.db
    .selectFrom("fact")
    .select(["id", "hash"])
    .where("hash", "=", sql<Buffer>`any(${hashes}::bytea[])`)
    .execute();
  return new Map(rows.map(({ id, hash }) => [hash.toString("hex"), id]));
}
