import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { ExceptionTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type Exception = Selectable<ExceptionTable>;

/** Newest first, revoked and ended ones too. */
export async function selectExceptions(tx: Tx, page: Page): Promise<Listed<Exception>> {
  const matching = tx.db.selectFrom("exception").where("orgId", "=", tx.orgId);
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching
    .selectAll()
    .orderBy("createdAt", "desc")
    .orderBy("id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

export async function insertException(tx: Tx, exception: Insertable<ExceptionTable>): Promise<Exception> {
  return tx.db.insertInto("exception").values(exception).returningAll().executeTakeFirstOrThrow();
}

/** Locked to the transaction's end. @throws NotFound, also for another organisation's. */
export async function lockException(tx: Tx, id: string): Promise<Exception> {
  const row = await tx.db
    .selectFrom("exception")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("exception");
  return row;
}

export async function setRevoked(tx: Tx, id: string): Promise<void> {
  await tx.db
    .updateTable("exception")
    .set({ revokedAt: tx.now })
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .execute();
}

/**
 * The exceptions in force for a device and a benchmark, by recommendation number; of several the one that ends last.
 * The comparison is latest_outcome's and isInForce's.
 */
export async function selectInForce(tx: Tx, deviceId: string, benchmark: string): Promise<Map<string, Exception>> {
  const rows = await tx.db
    .selectFrom("exception")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("benchmark", "=", benchmark)
    .where("revokedAt", "is", null)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", tx.now)]))
    .where((where) => where.or([where("deviceId", "is", null), where("deviceId", "=", deviceId)]))
    .orderBy(sql`coalesce(expires_at, 'infinity')`)
    .orderBy("createdAt")
    .execute();
  return new Map(rows.map((row) => [row.number, row]));
}
