import type { Permission } from "@holdfast/contracts/own-api";
import type { Transaction } from "kysely";
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
export async function findSessionAccount(db: System, sessionId: string, now: Date): Promise<Account | null> {
  const row = await db
    .selectFrom("session")
    .innerJoin("userAccount", "userAccount.id", "session.userId")
    .select(["userAccount.id", "email", "name", "administrator"])
    .where("session.id", "=", sessionId)
    .where("expiresAt", ">", now)
    .executeTakeFirst();
  return row ?? null;
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
export async function findApiToken(db: System, hash: Buffer, now: Date): Promise<StoredToken | null> {
  const row = await db
    .selectFrom("apiToken")
    .leftJoin("userAccount", "userAccount.id", "apiToken.userId")
    .select([
      "apiToken.id",
      "apiToken.name",
      "apiToken.orgId",
      "apiToken.userId",
      "permissions",
      "allOrganisations",
      "expiresAt",
      "lastUsedAt",
      "administrator",
    ])
    .where("tokenHash", "=", hash)
    .where((where) => where.or([where("expiresAt", "is", null), where("expiresAt", ">", now)]))
    .executeTakeFirst();
  return row === undefined ? null : { ...row, administrator: row.administrator ?? false };
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

/** What one account may do in one organisation; null when it has no business there. */
export async function findAccess(
  db: System,
  account: Pick<Account, "id" | "administrator">,
  orgId: string | null,
  all: readonly Permission[],
): Promise<OrganisationAccess | null> {
  const row = await db
    .selectFrom("organisation")
    .leftJoin("membership", (join) =>
      join.onRef("membership.orgId", "=", "organisation.id").on("membership.userId", "=", account.id),
    )
    .select(["organisation.id", "organisation.name", "membership.permissions"])
    .$if(!account.administrator, (query) => query.where("membership.userId", "is not", null))
    .$if(orgId !== null, (query) => query.where("organisation.id", "=", orgId))
    .orderBy("organisation.createdAt")
    .orderBy("organisation.id")
    .executeTakeFirst();
  if (row === undefined) return null;
  const { id, name, permissions } = row;
  return {
    id,
    name,
    permissions: account.administrator ? all : all.filter((permission) => permissions?.includes(permission)),
  };
}

export async function organisationExists(db: System, orgId: string): Promise<boolean> {
  const row = await db.selectFrom("organisation").select("id").where("id", "=", orgId).executeTakeFirst();
  return row !== undefined;
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
