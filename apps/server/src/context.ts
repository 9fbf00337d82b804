import type { Pack } from "@holdfast/content/pack";
import type { Permission } from "@holdfast/contracts/own-api";
import { type Kysely, sql, type Transaction } from "kysely";
import type { Logger } from "pino";
import type { Database } from "./db/schema.ts";
import { Forbidden } from "./errors.ts";

/** Who does it. The label is for people: an e-mail address, a token's name, a host name. */
export interface Actor {
  readonly type: "user" | "token" | "agent" | "system";
  readonly id: string;
  readonly label: string;
  readonly permissions: ReadonlySet<Permission>;
}

/** What a process has one of. */
export interface Services {
  readonly db: Kysely<Database>;
  readonly pack: Pack;
  readonly log: Logger;
}

/** All a verb may depend on, made once per request or job. */
export interface Ctx {
  readonly services: Services;
  readonly actor: Actor;
  readonly orgId: string;
  readonly now: Date;
}

/** A context inside a transaction that sees this organisation's rows only. Queries take no other. */
export interface Tx extends Ctx {
  readonly db: Transaction<Database>;
}

/** Joins the transaction we are in, or opens one for the context's organisation. */
export async function inTransaction<T>(ctx: Ctx | Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if ("db" in ctx) return work(ctx);
  return ctx.services.db.transaction().execute(async (db) => work(await enter(ctx, db)));
}

/** Narrows a transaction across organisations to the context's: from here on it sees that organisation's rows only. */
export async function enter(ctx: Ctx, db: Transaction<Database>): Promise<Tx> {
  await sql`select set_config('role', 'holdfast_app', true), set_config('app.org_id', ${ctx.orgId}, true)`.execute(db);
  return { ...ctx, db };
}

/**
 * A transaction across organisations, for the few narrowly named queries that need one: signing in, finding a device by
 * its id, the scheduler, the relay.
 */
export async function asSystem<T>(
  services: Pick<Services, "db">,
  work: (db: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return services.db.transaction().execute(async (db) => {
    await sql`select set_config('role', 'holdfast_system', true)`.execute(db);
    return work(db);
  });
}

/** @throws Forbidden naming the permission that is missing. */
export function requirePermission(ctx: Ctx, permission: Permission): void {
  if (ctx.actor.permissions.has(permission)) return;
  throw new Forbidden(`This needs the permission "${permission}" in the organisation.`);
}

/** The server itself, at work in one organisation. */
export function systemContext(services: Services, orgId: string, label: string, now = new Date()): Ctx {
  return { services, orgId, now, actor: { type: "system", id: label, label, permissions: new Set() } };
}
