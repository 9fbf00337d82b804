import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";

/** Sent this often, a statement is worth keeping. */
const oftenEnough = 5;
/** Each costs memory in every connection. */
const mostKept = 250;
/** Of statements that are counted; lists of varying length are a statement for each length. */
const mostCounted = 2000;

/**
 * A pool whose connections keep what is sent often prepared: the database parses and plans it once, not each time, which
 * takes longer than most of our statements do. As drivers of other languages do.
 *
 * @see PostgreSQL manual, PREPARE, on when a plan fits all values.
 */
export function preparing(pool: pg.Pool): PostgresPool {
  const often = new Often();
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const client = await pool.connect();
      const before = known.get(client);
      if (before !== undefined) return before;
      const made = new PreparingClient(client, often);
      known.set(client, made);
      return made;
    },
    end: () => pool.end(),
  };
}

class PreparingClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #often: Often;

  constructor(client: pg.PoolClient, often: Often) {
    this.#client = client;
    this.#often = often;
  }

  query<R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== "string") throw new TypeError("cursors are not prepared");
    // Without values it may be several statements.
    const name = values.length === 0 ? undefined : this.#often.nameOf(text);
    return this.#client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
  }

  release(): void {
    this.#client.release();
  }
}

/** Which statements are sent often. */
class Often {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name to keep a statement under, from the fifth time on. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= mostKept) return name;
    const count = (this.#counts.get(text) ?? 0) + 1;
    if (count < oftenEnough) {
      if (this.#counts.size >= mostCounted) this.#counts.clear();
      this.#counts.set(text, count);
      return undefined;
    }
    this.#counts.delete(text);
    const made = `often_${this.#names.size + 1}`;
    this.#names.set(text, made);
    return made;
  }
}
