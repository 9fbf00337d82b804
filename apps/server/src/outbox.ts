import { sql } from "kysely";
import type { Services } from "./context.ts";
import { asSystem } from "./context.ts";
import type { JobQueue } from "./jobs.ts";
import type { LiveEvents } from "./live-events.ts";

const batchSize = 100;
const pollMs = 5000;

/**
 * Hands the outbox's jobs to the queue: when told that there are some, and every 5 seconds for those it was not told of.
 * A job handed over just before a crash is handed over again; the queue knows its id.
 *
 * @returns a function that stops it, after the batch at hand.
 */
export function startRelay(services: Services, queue: JobQueue, events: LiveEvents): () => Promise<void> {
  let again = false;
  let running: Promise<void> | null = null;
  let stopped = false;
  const wake = (): void => {
    again = true;
    if (running !== null || stopped) return;
    running = (async () => {
      while (again && !stopped) {
        again = false;
        try {
          while ((await relayBatch(services, queue)) === batchSize && !stopped);
        } catch (error) {
          services.log.warn({ err: error }, "jobs could not be handed to the queue; trying again");
        }
      }
      running = null;
    })();
  };
  const unsubscribe = events.onOutbox(wake);
  const timer = setInterval(wake, pollMs);
  wake();
  return async () => {
    stopped = true;
    clearInterval(timer);
    unsubscribe();
    await running;
  };
}

/** @returns how many it handed over. */
async function relayBatch(services: Services, queue: JobQueue): Promise<number> {
  return asSystem(services, async (db) => {
    const rows = await db
      .selectFrom("outbox")
      .select(["id", "orgId", "name", "payload", "runAt"])
      .where((where) => where.or([where("heldUntil", "is", null), where("heldUntil", "<=", new Date())]))
      .orderBy("createdAt")
      .limit(batchSize)
      .forUpdate()
      .skipLocked()
      .execute();
    for (const { id, orgId, name, payload, runAt } of rows) {
      await queue.add({ id, name, data: { orgId, payload }, delayMs: Math.max(0, runAt.getTime() - Date.now()) });
    }
    if (rows.length > 0)
      await db
        .deleteFrom("outbox")
        .where("id", "=", sql<string>`any(${rows.map((row) => row.id)})`)
        .execute();
    return rows.length;
  });
}
