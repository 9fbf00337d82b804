import { setTimeout as sleep } from "node:timers/promises";

/** Calls in one send at most, and how long others wait for it. */
const defaults = { most: 100, patienceMs: 1000 };

/**
 * Gathers calls: the first is sent at once, those that come while it is under way are sent together when it is back, so
 * that many callers share a send's fixed cost. One that hangs, as on a connection that is gone, holds up nobody but its own.
 */
export class Gathered<Item, Answer> {
  readonly #send: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #keyOf: (item: Item) => string;
  readonly #limits: typeof defaults;
  #waiting: Call<Item, Answer>[] = [];
  #sending = false;

  /**
   * @param send answers in the order of its items. When it fails they are sent again one by one: each fails for itself.
   * @param keyOf items of one key do not go together.
   */
  constructor(
    send: (items: readonly Item[]) => Promise<readonly Answer[]>,
    keyOf: (item: Item) => string,
    limits: Partial<typeof defaults> = {},
  ) {
    this.#send = send;
    this.#keyOf = keyOf;
    this.#limits = { ...defaults, ...limits };
  }

  call(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) await this.#whilePatient(this.#sendTogether(this.#take()));
    this.#sending = false;
  }

  async #whilePatient(sent: Promise<void>): Promise<void> {
    const back = new AbortController();
    const tired = sleep(this.#limits.patienceMs, undefined, { signal: back.signal, ref: false }).catch(() => undefined);
    await Promise.race([sent, tired]);
    back.abort();
  }

  /** The first that wait, one of each key. */
  #take(): readonly Call<Item, Answer>[] {
    const taken = new Map<string, Call<Item, Answer>>();
    const left: Call<Item, Answer>[] = [];
    for (const call of this.#waiting) {
      const key = this.#keyOf(call.item);
      if (taken.size < this.#limits.most && !taken.has(key)) taken.set(key, call);
      else left.push(call);
    }
    this.#waiting = left;
    return [...taken.values()];
  }

  async #sendTogether(calls: readonly Call<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.#send(calls.map(({ item }) => item));
      for (const [place, { resolve }] of calls.entries()) resolve(answers[place] as Answer);
    } catch (error) {
      if (calls.length === 1) calls[0]?.reject(error);
      else for (const call of calls) await this.#sendTogether([call]);
    }
  }
}

interface Call<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
