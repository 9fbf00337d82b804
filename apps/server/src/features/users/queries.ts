import type { Permission } from "@holdfast/contracts/own-api";
import { sql, type Transaction } from "kysely";
import type { Tx } from "../../context.ts";
import type { Database } from "../../db/schema.ts";
import type { Listed, Page } from "../../http/paging.ts";

type System = Transaction<Database>;

export interface AccountRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly administrator: boolean;
  readonly createdAt: Date;
}
export interface MemberRow extends AccountRow {
  readonly orgId: string;
  readonly permissions: readonly Permission[];
}

const account = ["id", "email", "name", "administrator", "createdAt"] as const;

/** The organisation's people, by address. */
export async function selectMembers(tx: Tx, page: Page): Promise<Listed<MemberRow>> {
  const members = tx.db
    .selectFrom("membership")
    .innerJoin("userAccount", "userAccount.id", "membership.userId")
    .where("membership.orgId", "=", tx.orgId);
  const { total } = await members
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await members
    .select(["userAccount.id", "email", "name", "administrator", "userAccount.createdAt", "orgId", "permissions"])
    .orderBy("email")
    .orderBy("userAccount.id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  // Written from validated permissions only.
  return { items: rows.map((row) => ({ ...row, permissions: row.permissions as Permission[] })), total };
}

/** Keeps two requests from making one address's account twice; held to the transaction's end. */
export async function lockAddress(db: System, email: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${email.toLowerCase()}, 7402311557))`.execute(db);
}

/** Null when there is none. */
export async function lockAccountByEmail(db: System, email: string): Promise<AccountRow | null> {
  const row = await db
    .selectFrom("userAccount")
    .select(account)
    .where((where) => where(where.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

/** Null when there is none. */
export async function lockAccount(db: System, id: string): Promise<AccountRow | null> {
  const row = await db.selectFrom("userAccount").select(account).where("id", "=", id).forUpdate().executeTakeFirst();
  return row ?? null;
}

/** Where an account is a member, with what it may do there, by organisation. */
export async function selectMemberships(
  db: System,
  userId: string,
): Promise<{ readonly orgId: string; readonly permissions: readonly Permission[] }[]> {
  const rows = await db
    .selectFrom("membership")
    .select(["orgId", "permissions"])
    .where("userId", "=", userId)
    .orderBy("orgId")
    .execute();
  return rows.map(({ orgId, permissions }) => ({ orgId, permissions: permissions as Permission[] }));
}

export async function insertAccount(
  db: System,
  values: { readonly email: string; readonly name: string; readonly passwordHash: string; readonly createdAt: Date },
): Promise<AccountRow> {
  return db.insertInto("userAccount").values(values).returning(account).executeTakeFirstOrThrow();
}

export async function updateAccount(
  db: System,
  id: string,
  change: { readonly email?: string; readonly name?: string; readonly passwordHash?: string },
): Promise<AccountRow> {
  return db.updateTable("userAccount").set(change).where("id", "=", id).returning(account).executeTakeFirstOrThrow();
}

/** With its sessions, memberships and tokens. */
export async function deleteAccount(db: System, id: string): Promise<void> {
  await db.deleteFrom("userAccount").where("id", "=", id).execute();
}

export async function insertMembership(tx: Tx, userId: string, permissions: readonly Permission[]): Promise<void> {
  await tx.db
    .insertInto("membership")
    .values({ orgId: tx.orgId, userId, permissions: [...permissions], createdAt: tx.now })
    .execute();
}

export async function updateMembership(tx: Tx, userId: string, permissions: readonly Permission[]): Promise<void> {
  await tx.db
    .updateTable("membership")
    .set({ permissions: [...permissions] })
    .where("orgId", "=", tx.orgId)
    .where("userId", "=", userId)
    .execute();
}

/** With the person's tokens for the organisation. */
export async function deleteMembership(tx: Tx, userId: string): Promise<void> {
  await tx.db.deleteFrom("apiToken").where("orgId", "=", tx.orgId).where("userId", "=", userId).execute();
  await tx.db.deleteFrom("membership").where("orgId", "=", tx.orgId).where("userId", "=", userId).execute();
}

/** Signs an account out everywhere, but for one session. */
export async function deleteSessions(db: System, userId: string, except: string | null): Promise<void> {
  await db
    .deleteFrom("session")
    .where("userId", "=", userId)
    .$if(except !== null, (query) => query.where("id", "<>", except ?? ""))
    .execute();
}

export async function selectPasswordHash(db: System, id: string): Promise<string | null> {
  const row = await db.selectFrom("userAccount").select("passwordHash").where("id", "=", id).executeTakeFirst();
  return row?.passwordHash ?? null;
}
