import type { Permission } from "@holdfast/contracts/own-api";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Database } from "../../db/schema.ts";

/** A transaction across organisations. */
export type System = Transaction<Database>;

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly administrator: boolean;
}

/** By address, in any case; null when there is none. */
export async function findAccountByEmail(
  db: System,
  email: string,
): Promise<(Account & { readonly passwordHash: string | null }) | null> {
  const row = await db
    .selectFrom("userAccount")
    .select(["id", "email", "name", "administrator", "passwordHash"])
    .where((where) => where(where.fn<string>("lower", ["email"]), "=", email.toLowerCase()))
    .executeTakeFirst();
  return row ?? null;
}

/** The account of a session that has not ended; null otherwise. */
export async function findSessionAccount(db: Kysely<Database>, sessionId: string, now: Date): Promise<Account | null> {
  const { rows } = await sql<Account>`
    select id, email, name, administrator from account_of_session(${sessionId}, ${now})`.execute(db);
  return rows[0] ?? null;
}

export interface StoredToken {
  readonly id: string;
  readonly name: string;
  readonly orgId: string;
  readonly userId: string | null;
  readonly permissions: readonly string[];
  readonly allOrganisations: boolean;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly administrator: boolean;
}

/** An API token that has not ended; null otherwise. */
export async function findApiToken(db: Kysely<Database>, hash: Buffer, now: Date): Promise<StoredToken | null> {
  const { rows } = await sql<StoredToken>`
    select id, name, org_id, user_id, permissions, all_organisations, expires_at, last_used_at, administrator
      from api_token_by_hash(${hash}, ${now})`.execute(db);
  return rows[0] ?? null;
}

/** Nothing when another request noted it meanwhile. */
export async function noteTokenUse(db: System, id: string, now: Date): Promise<void> {
  const minuteAgo = new Date(now.getTime() - 60_000);
  await db
    .updateTable("apiToken")
    .set({ lastUsedAt: now })
    .where("id", "=", id)
    .where((where) => where.or([where("lastUsedAt", "is", null), where("lastUsedAt", "<=", minuteAgo)]))
    .execute();
}

export interface OrganisationAccess {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** The organisations an account works in, oldest first; an administrator's are all there are. */
export async function listAccess(
  db: System,
  account: Pick<Account, "id" | "administrator">,
  all: readonly Permission[],
): Promise<OrganisationAccess[]> {
  const rows = await db
    .selectFrom("organisation")
    .leftJoin("membership", (join) =>
      join.onRef("membership.orgId", "=", "organisation.id").on("membership.userId", "=", account.id),
    )
    .select(["organisation.id", "organisation.name", "membership.permissions"])
    .$if(!account.administrator, (query) => query.where("membership.userId", "is not", null))
    .orderBy("organisation.createdAt")
    .orderBy("organisation.id")
    .execute();
  return rows.map(({ id, name, permissions }) => ({
    id,
    name,
    permissions: account.administrator ? all : all.filter((permission) => permissions?.includes(permission)),
  }));
}

/**
 * What one account may do in one organisation; null when it has no business there.
 *
 * @param orgId null: in its first.
 */
export async function findAccess(
  db: Kysely<Database>,
  { id: accountId, administrator }: Pick<Account, "id" | "administrator">,
  orgId: string | null,
  all: readonly Permission[],
): Promise<OrganisationAccess | null> {
  const row = await selectOrganisationFor(db, accountId, administrator, orgId);
  if (row === null) return null;
  const { id, name, permissions } = row;
  return {
    id,
    name,
    permissions: administrator ? all : all.filter((permission) => permissions?.includes(permission)),
  };
}

export async function organisationExists(db: Kysely<Database>, orgId: string): Promise<boolean> {
  return (await selectOrganisationFor(db, null, true, orgId)) !== null;
}

interface OrganisationFor {
  readonly id: string;
  readonly name: string;
  /** Null for an administrator who is no member. */
  readonly permissions: readonly string[] | null;
}

async function selectOrganisationFor(
  db: Kysely<Database>,
  accountId: string | null,
  administrator: boolean,
  orgId: string | null,
): Promise<OrganisationFor | null> {
  const { rows } = await sql<OrganisationFor>`
    select id, name, permissions from organisation_for(${accountId}, ${administrator}, ${orgId})`.execute(db);
  return rows[0] ?? null;
}

/** The organisation that has a row; null when there is none. */
export async function findOrganisationOf(
  db: Kysely<Database>,
  table: "device" | "policy" | "remediation" | "enrolment_token" | "api_token",
  id: string,
): Promise<string | null> {
  const { rows } = await sql<{ orgId: string | null }>`select organisation_of(${table}, ${id}) as org_id`.execute(db);
  return rows[0]?.orgId ?? null;
}

export async function insertSession(
  db: System,
  session: {
    readonly id: string;
    readonly userId: string;
    readonly tokenHash: Buffer;
    readonly now: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  const { now, ...rest } = session;
  await db
    .insertInto("session")
    .values({ ...rest, rotatedAt: now })
    .execute();
}

export interface LockedSession {
  readonly id: string;
  readonly userId: string;
  readonly tokenHash: Buffer;
  /** Of the refresh token before the current one; null before the first exchange. */
  readonly previousTokenHash: Buffer | null;
  readonly rotatedAt: Date;
  readonly expiresAt: Date;
}

/** Null when there is none. */
export async function lockSession(db: System, id: string): Promise<LockedSession | null> {
  const row = await db
    .selectFrom("session")
    .select(["id", "userId", "rotatedAt", "expiresAt", "tokenHash", "previousTokenHash"])
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function rotateSession(db: System, id: string, tokenHash: Buffer, now: Date): Promise<void> {
  await db
    .updateTable("session")
    .set((set) => ({ previousTokenHash: set.ref("tokenHash"), tokenHash, rotatedAt: now }))
    .where("id", "=", id)
    .execute();
}

export async function deleteSession(db: System, id: string): Promise<void> {
  await db.deleteFrom("session").where("id", "=", id).execute();
}

export async function deleteEndedSessions(db: System, userId: string, now: Date): Promise<void> {
  await db.deleteFrom("session").where("userId", "=", userId).where("expiresAt", "<=", now).execute();
}

/** Until when an address is locked; null when it is not. */
export async function findLock(db: System, addressHash: Buffer, now: Date): Promise<Date | null> {
  const row = await db
    .selectFrom("signInFailure")
    .select("lockedUntil")
    .where("addressHash", "=", addressHash)
    .where("lockedUntil", ">", now)
    .executeTakeFirst();
  return row?.lockedUntil ?? null;
}

/** Counts a failure. @returns how many there were in a row, none more than a day after the one before. */
export async function insertFailure(db: System, addressHash: Buffer, now: Date): Promise<number> {
  await db
    .deleteFrom("signInFailure")
    .where("lastFailedAt", "<", new Date(now.getTime() - 86_400_000))
    .execute();
  const { failures } = await db
    .insertInto("signInFailure")
    .values({ addressHash, failures: 1, lastFailedAt: now, lockedUntil: null })
    .onConflict((conflict) =>
      conflict
        .column("addressHash")
        .doUpdateSet((set) => ({ failures: set("signInFailure.failures", "+", 1), lastFailedAt: now })),
    )
    .returning("failures")
    .executeTakeFirstOrThrow();
  return failures;
}

export async function setLock(db: System, addressHash: Buffer, lockedUntil: Date): Promise<void> {
  await db.updateTable("signInFailure").set({ lockedUntil }).where("addressHash", "=", addressHash).execute();
}

export async function deleteFailures(db: System, addressHash: Buffer): Promise<void> {
  await db.deleteFrom("signInFailure").where("addressHash", "=", addressHash).execute();
}
