import type { Permission } from "@holdfast/contracts/own-api";
import type { Selectable } from "kysely";
import type { Tx } from "../../context.ts";
import type { ApiTokenTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type TokenRow = Omit<Selectable<ApiTokenTable>, "tokenHash" | "allOrganisations">;

const shown = [
  "id",
  "orgId",
  "name",
  "userId",
  "permissions",
  "createdBy",
  "createdAt",
  "expiresAt",
  "lastUsedAt",
] as const;

/** Newest first. @param userId only this person's; null for all of the organisation's. */
export async function selectTokens(tx: Tx, userId: string | null, page: Page): Promise<Listed<TokenRow>> {
  const own = tx.db
    .selectFrom("apiToken")
    .where("orgId", "=", tx.orgId)
    .$if(userId !== null, (query) => query.where("userId", "=", userId));
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

export async function insertToken(
  tx: Tx,
  token: {
    readonly name: string;
    readonly userId: string | null;
    readonly tokenHash: Buffer;
    readonly permissions: readonly Permission[];
    readonly createdBy: string;
    readonly expiresAt: Date | null;
  },
): Promise<TokenRow> {
  return tx.db
    .insertInto("apiToken")
    .values({ ...token, permissions: [...token.permissions], orgId: tx.orgId, createdAt: tx.now })
    .returning(shown)
    .executeTakeFirstOrThrow();
}

/** Locked. @throws NotFound, also for another organisation's. */
export async function lockToken(tx: Tx, id: string): Promise<TokenRow> {
  const row = await tx.db
    .selectFrom("apiToken")
    .select(shown)
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("token");
  return row;
}

export async function deleteToken(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom("apiToken").where("orgId", "=", tx.orgId).where("id", "=", id).execute();
}
