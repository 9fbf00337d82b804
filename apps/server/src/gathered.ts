/** Calls in one send, at most. */
const defaultMost = 100;

/**
 * Gathers calls: the first is sent at once, those that come while it is under way are sent together when it is back. Nobody
 * waits longer than for one send, and with many callers a send's fixed cost is shared.
 */
export class Gathered<Item, Answer> {
  readonly #send: (items: readonly Item[]) => Promise<readonly Answer[]>;
  readonly #keyOf: (item: Item) => string;
  readonly #most: number;
  #waiting: Call<Item, Answer>[] = [];
  #sending = false;

  /**
   * @param send answers in the order of its items. When it fails they are sent again one by one: each fails for itself.
   * @param keyOf items of one key are sent one after the other.
   */
  constructor(
    send: (items: readonly Item[]) => Promise<readonly Answer[]>,
    keyOf: (item: Item) => string,
    most = defaultMost,
  ) {
    this.#send = send;
    this.#keyOf = keyOf;
    this.#most = most;
  }

  call(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#sending) void this.#sendAll();
    });
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    while (this.#waiting.length > 0) await this.#sendTogether(this.#take());
    this.#sending = false;
  }

  /** The first that wait, one of each key. */
  #take(): readonly Call<Item, Answer>[] {
    const taken = new Map<string, Call<Item, Answer>>();
    const left: Call<Item, Answer>[] = [];
    for (const call of this.#waiting) {
      const key = this.#keyOf(call.item);
      if (taken.size < this.#most && !taken.has(key)) taken.set(key, call);
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
