import { setTimeout as sleep } from "node:timers/promises";
import type { LiveEvent } from "@holdfast/contracts/own-api";
import { sql } from "kysely";
import pg from "pg";
import type { Logger } from "pino";
import type { Tx } from "./context.ts";

const channel = "holdfast";
/** PostgreSQL refuses payloads of 8,000 bytes and more. */
const devicesPerNudge = 150;
/** How long what is told is gathered. A notice wakes every connection that listens to anything. */
const gatherMs = 200;

/** What processes tell each other. Nothing is stored: who is not listening misses it. */
type Message =
  | { readonly kind: "live"; readonly orgId: string; readonly event: LiveEvent }
  | { readonly kind: "work"; readonly deviceIds: readonly string[] }
  | { readonly kind: "outbox" };

/** Tells the people watching, in every process, when the transaction commits. */
export async function publish(tx: Tx, event: LiveEvent): Promise<void> {
  await notify(tx, liveMessage(tx.orgId, event));
}

function liveMessage(orgId: string, event: LiveEvent): Message {
  return { kind: "live", orgId, event };
}

/** Tells the agents of these devices, when the transaction commits, that there is work. */
export async function nudge(tx: Pick<Tx, "db">, deviceIds: readonly string[]): Promise<void> {
  for (let at = 0; at < deviceIds.length; at += devicesPerNudge) {
    await notify(tx, { kind: "work", deviceIds: deviceIds.slice(at, at + devicesPerNudge) });
  }
}

/** Wakes the relay when the transaction commits. */
export async function wakeRelay(tx: Pick<Tx, "db">): Promise<void> {
  await notify(tx, { kind: "outbox" });
}

async function notify(tx: Pick<Tx, "db">, message: Message): Promise<void> {
  await sql`select pg_notify(${channel}, ${JSON.stringify(message)})`.execute(tx.db);
}

/** Hears what any process publishes. One connection, opened again when it breaks. */
export class LiveEvents {
  readonly #connectionString: string;
  readonly #log: Logger;
  readonly #listeners = new Set<(message: Message) => void>();
  #client: pg.Client | null = null;
  #closed = false;
  #gathered: string[] = [];

  constructor(connectionString: string, log: Logger) {
    this.#connectionString = connectionString;
    this.#log = log;
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#connectionString });
    client.on("error", (error) => this.#log.warn({ err: error }, "the event connection broke"));
    client.on("end", () => {
      if (!this.#closed && this.#client === client) void this.#restart();
    });
    client.on("notification", ({ payload }) => this.#receive(payload));
    await client.connect();
    await client.query(`listen ${channel}`);
    this.#client = client;
    if (this.#closed) await client.end();
  }

  /** @returns a function that ends it. */
  onEvent(listener: (orgId: string, event: LiveEvent) => void): () => void {
    return this.#on((message) => {
      if (message.kind === "live") listener(message.orgId, message.event);
    });
  }

  /** @returns a function that ends it. */
  onWork(listener: (deviceIds: readonly string[]) => void): () => void {
    return this.#on((message) => {
      if (message.kind === "work") listener(message.deviceIds);
    });
  }

  /** @returns a function that ends it. */
  onOutbox(listener: () => void): () => void {
    return this.#on((message) => {
      if (message.kind === "outbox") listener();
    });
  }

  /** As `publish`, of what has happened already, within a fifth of a second. For what happens many times a second. */
  tell(orgId: string, event: LiveEvent): void {
    this.#gathered.push(JSON.stringify(liveMessage(orgId, event)));
    if (this.#gathered.length === 1) setTimeout(() => void this.#tellGathered(), gatherMs);
  }

  async close(): Promise<void> {
    await this.#tellGathered();
    this.#closed = true;
    this.#listeners.clear();
    await this.#client?.end().catch(() => undefined);
  }

  #on(listener: (message: Message) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #tellGathered(): Promise<void> {
    const texts = this.#gathered;
    this.#gathered = [];
    if (texts.length === 0 || this.#client === null) return;
    try {
      await this.#client.query("select pg_notify($1, text) from unnest($2::text[]) as text", [channel, texts]);
    } catch (error) {
      this.#log.warn({ err: error }, "people watching could not be told");
    }
  }

  #receive(payload: string | undefined): void {
    if (payload === undefined) return;
    // Written by `notify` above, in this or another process of ours.
    const message = JSON.parse(payload) as Message;
    for (const listener of this.#listeners) listener(message);
  }

  async #restart(): Promise<void> {
    this.#client = null;
    for (let wait = 200; !this.#closed; wait = Math.min(wait * 2, 5000)) {
      await sleep(wait);
      try {
        await this.start();
        return;
      } catch (error) {
        this.#log.warn({ err: error }, "the event connection cannot be opened");
      }
    }
  }
}
