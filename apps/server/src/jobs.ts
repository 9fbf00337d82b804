import { randomUUID } from "node:crypto";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import type { Ctx, Services, Tx } from "./context.ts";
import { systemContext } from "./context.ts";
import { wakeRelay } from "./live-events.ts";

/** Work done later, once or more than once: running it twice is harmless. Its payload is ids. */
export interface JobDefinition<Payload extends TSchema = TSchema> {
  /** `verb-noun`. */
  readonly name: string;
  readonly payload: Payload;
  run(ctx: Ctx, payload: Static<Payload>): Promise<void>;
}

/** What the rest of the program knows of a queue. */
export interface JobQueue {
  /** Adding an id that is still there does nothing. */
  add(job: QueuedJob): Promise<void>;
  /** Runs `name` every so often, in one process at a time. */
  repeat(name: string, everyMs: number): Promise<void>;
  /** Starts taking jobs. Those that throw are tried again, later and later, five times in all. */
  work(run: (job: TakenJob) => Promise<void>): Promise<void>;
  /** Finishes the running jobs first. */
  close(): Promise<void>;
}

export interface QueuedJob {
  readonly id: string;
  readonly name: string;
  readonly data: JobData;
  readonly delayMs: number;
}
export interface TakenJob {
  readonly name: string;
  readonly data: unknown;
}
export interface JobData {
  readonly orgId: string;
  readonly payload: unknown;
}

/** Keeps the payload's type beside its schema. */
export function defineJob<Payload extends TSchema>(definition: JobDefinition<Payload>): JobDefinition<Payload> {
  return definition;
}

/**
 * Puts a job into the outbox: it exists exactly if the transaction commits.
 *
 * @param heldUntil the relay leaves it alone until then; see handOver.
 * @returns the id it has in the queue too.
 */
export async function enqueue<Payload extends TSchema>(
  tx: Tx,
  job: JobDefinition<Payload>,
  payload: Static<Payload>,
  runAt: Date = tx.now,
  heldUntil: Date | null = null,
): Promise<string> {
  const id = randomUUID();
  await tx.db
    .insertInto("outbox")
    .values({ id, orgId: tx.orgId, name: job.name, payload: canonicalJson(payload), runAt, heldUntil })
    .execute();
  if (heldUntil === null) await wakeRelay(tx);
  return id;
}

/** Runs a taken job. @throws when it is unknown, its payload is wrong or its run fails; the queue tries again. */
export async function runJob(
  services: Services,
  definitions: readonly JobDefinition[],
  { name, data }: TakenJob,
): Promise<void> {
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition === undefined) throw new Error(`There is no job "${name}".`);
  // Only the relay adds jobs, from outbox rows.
  const { orgId, payload } = data as JobData;
  if (!Value.Check(definition.payload, payload)) throw new Error(`The payload of a job "${name}" has the wrong shape.`);
  await definition.run(systemContext(services, orgId, `job ${name}`), payload);
}
