import type { Pack } from "@holdfast/content/pack";
import type { Permission } from "@holdfast/contracts/own-api";
import type { RiskThresholds } from "@holdfast/contracts/scoring";
import { CompiledQuery, type Kysely, type Transaction } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import type { Database } from "./db/schema.ts";
import { Forbidden } from "./errors.ts";
import type { JobQueue } from "./jobs.ts";
import type { LiveEvents } from "./live-events.ts";

/** Who does it. The label is for people: an e-mail address, a token's name, a host name. */
export interface Actor {
  readonly type: "user" | "token" | "agent" | "system";
  readonly id: string;
  readonly label: string;
  readonly permissions: ReadonlySet<Permission>;
  /** The account behind a token; left out for a token that is nobody's, and for who is no token. */
  readonly userId?: string;
  /** Administers every organisation, and uses no token that is limited to one. */
  readonly administrator?: boolean;
}

/** Who is answerable: a person also when they act through a token, else the actor itself. */
export function personOf({ id, userId }: Actor): string {
  return userId ?? id;
}

/** What a process has one of. */
export interface Services {
  readonly db: Kysely<Database>;
  readonly pack: Pack;
  readonly log: Logger;
  /** The lowest score of each risk level; the documented ones when left out. */
  readonly riskThresholds?: RiskThresholds;
  /** For the few who need to know that a job was queued before they answer; left out where only the relay hands over. */
  readonly queue?: Pick<JobQueue, "add">;
  /** Tells people who watch what happens; left out where nobody does. */
  readonly events?: Pick<LiveEvents, "tell">;
}

/** All a verb may depend on, made once per request or job. */
export interface Ctx {
  readonly services: Services;
  readonly actor: Actor;
  readonly orgId: string;
  readonly now: Date;
  /** Of the HTTP request it serves: the log and the audit log name it. */
  readonly requestId?: string;
}

/** A context inside a transaction that sees this organisation's rows only. Queries take no other. */
export interface Tx extends Ctx {
  readonly db: Transaction<Database>;
}

/** Joins the transaction we are in, or opens one for the context's organisation. */
export async function inTransaction<T>(ctx: Ctx | Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if ("db" in ctx) return work(ctx);
  return transact(ctx.services.db, entering(ctx.orgId), (db) => work({ ...ctx, db }));
}

/** Narrows a transaction across organisations to the context's: from here on it sees that organisation's rows only. */
export async function enter(ctx: Ctx, db: Transaction<Database>): Promise<Tx> {
  await db.executeQuery(CompiledQuery.raw(entering(ctx.orgId)));
  return { ...ctx, db };
}

/**
 * A transaction across organisations, for the few narrowly named queries that need one: signing in, the scheduler, the
 * relay. What most requests ask is a function of the database that takes the role itself.
 */
export async function asSystem<T>(
  services: Pick<Services, "db">,
  work: (db: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return transact(services.db, "select set_config('role', 'holdfast_system', true)", work);
}

function entering(orgId: string): string {
  return `select set_config('role', 'holdfast_app', true), set_config('app.org_id', ${pg.escapeLiteral(orgId)}, true)`;
}

/** Begins a transaction and runs its first statement in one way there and back, which costs more than either. */
async function transact<T>(
  db: Kysely<Database>,
  first: string,
  work: (db: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return db.connection().execute(async (connection) => {
    try {
      await connection.executeQuery(CompiledQuery.raw(`begin; ${first}`));
      const done = await work(connection as Transaction<Database>);
      await connection.executeQuery(CompiledQuery.raw("commit"));
      return done;
    } catch (error) {
      // A connection that cannot roll back is broken, and the pool drops it.
      await connection.executeQuery(CompiledQuery.raw("rollback")).catch(() => undefined);
      throw error;
    }
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
