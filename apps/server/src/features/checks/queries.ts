import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { OrganisationCheckTable } from "../../db/schema.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type OrganisationCheck = Selectable<OrganisationCheckTable>;

export interface CheckFilter {
  readonly category?: string | undefined;
  readonly severity?: OrganisationCheck["severity"] | undefined;
  readonly osType?: OrganisationCheck["osType"] | undefined;
  readonly enabled?: boolean | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** The seeded ones, in the order of their benchmarks. */
export async function selectChecks(tx: Tx, filter: CheckFilter, page: Page): Promise<Listed<OrganisationCheck>> {
  const { category, severity, osType, enabled, ids } = filter;
  const matching = tx.db
    .selectFrom("organisationCheck")
    .where("orgId", "=", tx.orgId)
    .where("seeded", "=", true)
    .$if(category !== undefined, (query) => query.where("category", "=", category ?? ""))
    .$if(severity !== undefined, (query) => query.where("severity", "=", severity ?? "low"))
    .$if(osType !== undefined, (query) => query.where("osType", "=", osType ?? "linux"))
    .$if(enabled !== undefined, (query) => query.where("enabled", "=", enabled === true))
    .$if(ids !== undefined, (query) => query.where("id", "=", sql<string>`any(${ids}::uuid[])`));
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching
    .selectAll()
    .orderBy("benchmark")
    .orderBy("place")
    .orderBy("number")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

/** All there are, locked against another seeding. */
export async function lockChecks(tx: Tx): Promise<OrganisationCheck[]> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`checks ${tx.orgId}`}, 0))`.execute(tx.db);
  return tx.db.selectFrom("organisationCheck").selectAll().where("orgId", "=", tx.orgId).execute();
}

export async function findCheck(tx: Tx, id: string): Promise<OrganisationCheck | null> {
  const row = await tx.db
    .selectFrom("organisationCheck")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}

/** Stores new ones; one that is there already stays as it is. */
export async function insertChecks(tx: Tx, checks: readonly Insertable<OrganisationCheckTable>[]): Promise<void> {
  if (checks.length === 0) return;
  // In one order everywhere, so that two inserts of the same wait instead of deadlocking.
  const sorted = [...checks].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (let at = 0; at < sorted.length; at += 500) {
    await tx.db
      .insertInto("organisationCheck")
      .values(sorted.slice(at, at + 500))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Brings one up to date with the content; whether it is enabled is not the content's to say. */
export async function updateCheckContent(
  tx: Tx,
  { id, orgId: _, enabled: __, ...content }: Insertable<OrganisationCheckTable>,
): Promise<void> {
  await tx.db
    .updateTable("organisationCheck")
    .set(content)
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .execute();
}

export async function setCheckEnabledRow(tx: Tx, id: string, enabled: boolean): Promise<void> {
  await tx.db
    .updateTable("organisationCheck")
    .set({ enabled })
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .execute();
}

/** The recommendations that the organisation has switched off. */
export async function selectSwitchedOff(tx: Tx): Promise<(benchmark: string, number: string) => boolean> {
  const rows = await tx.db
    .selectFrom("organisationCheck")
    .select(["benchmark", "number"])
    .where("orgId", "=", tx.orgId)
    .where("enabled", "=", false)
    .execute();
  const off = new Set(rows.map(({ benchmark, number }) => `${benchmark}\n${number}`));
  return (benchmark, number) => off.has(`${benchmark}\n${number}`);
}

export async function selectChecksById(tx: Tx, ids: readonly string[]): Promise<OrganisationCheck[]> {
  return tx.db
    .selectFrom("organisationCheck")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .execute();
}
