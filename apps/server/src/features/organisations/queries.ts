import type { Permission } from "@holdfast/contracts/own-api";
import type { Selectable, Transaction } from "kysely";
import type { Tx } from "../../context.ts";
import type { Database, EnrolmentTokenTable, OrganisationTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type OrganisationRow = Omit<Selectable<OrganisationTable>, "contentDigest">;
export type EnrolmentTokenRow = Omit<Selectable<EnrolmentTokenTable>, "tokenHash">;

/** Whose organisations: every one there is, a member's, or one. */
export type Reach =
  | { readonly of: "all" }
  | { readonly of: "member"; readonly userId: string }
  | { readonly of: "one"; readonly orgId: string };

/** Oldest first, with what a member may do there; null for who is no member. */
export async function selectOrganisations(
  db: Transaction<Database>,
  reach: Reach,
  page: Page,
): Promise<Listed<OrganisationRow & { readonly permissions: readonly Permission[] | null }>> {
  const userId = reach.of === "member" ? reach.userId : null;
  const reached = db
    .selectFrom("organisation")
    .leftJoin("membership", (join) =>
      join.onRef("membership.orgId", "=", "organisation.id").on("membership.userId", "=", userId),
    )
    .$if(reach.of === "member", (query) => query.where("membership.userId", "is not", null))
    .$if(reach.of === "one", (query) => query.where("organisation.id", "=", reach.of === "one" ? reach.orgId : ""));
  const { total } = await reached
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await reached
    .select(["organisation.id", "organisation.name", "organisation.createdAt", "membership.permissions"])
    .orderBy("organisation.createdAt")
    .orderBy("organisation.id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  // Written from validated permissions only.
  return { items: rows.map((row) => ({ ...row, permissions: row.permissions as Permission[] | null })), total };
}

export async function insertOrganisation(
  db: Transaction<Database>,
  organisation: Pick<OrganisationRow, "name" | "createdAt"> & { readonly contentDigest: string },
): Promise<OrganisationRow> {
  return db
    .insertInto("organisation")
    .values(organisation)
    .returning(["id", "name", "createdAt"])
    .executeTakeFirstOrThrow();
}

const shown = ["id", "orgId", "uses", "usesLeft", "createdAt", "expiresAt"] as const;

export async function insertEnrolmentToken(
  tx: Tx,
  { tokenHash, uses, expiresAt }: { readonly tokenHash: Buffer; readonly uses: number; readonly expiresAt: Date },
): Promise<EnrolmentTokenRow> {
  return tx.db
    .insertInto("enrolmentToken")
    .values({ orgId: tx.orgId, tokenHash, uses, usesLeft: uses, expiresAt, createdAt: tx.now })
    .returning(shown)
    .executeTakeFirstOrThrow();
}

/** Newest first. */
export async function selectEnrolmentTokens(tx: Tx, page: Page): Promise<Listed<EnrolmentTokenRow>> {
  const own = tx.db.selectFrom("enrolmentToken").where("orgId", "=", tx.orgId);
  const { total } = await own.select((select) => select.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const items = await own
    .select(shown)
    .orderBy("createdAt", "desc")
    .orderBy("id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

/** What it was. @throws NotFound, also for another organisation's. */
export async function deleteEnrolmentToken(tx: Tx, id: string): Promise<EnrolmentTokenRow> {
  const row = await tx.db
    .deleteFrom("enrolmentToken")
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .returning(shown)
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("enrolment token");
  return row;
}
