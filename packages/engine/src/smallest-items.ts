/**
 * The first `limit` of many items in the order of their keys, whatever order they come in; the others are only counted.
 * Keeps twice as many in memory at most.
 */
export class SmallestItems<T> {
  readonly #limit: number;
  readonly #keyOf: (item: T) => string;
  #items: T[] = [];
  #count = 0;

  constructor(limit: number, keyOf: (item: T) => string) {
    this.#limit = limit;
    this.#keyOf = keyOf;
  }

  add(item: T): void {
    this.#count += 1;
    this.#items.push(item);
    if (this.#items.length >= 2 * this.#limit) this.#items = [...this.sorted()];
  }

  /** Counts items that were left out before. */
  addUnseen(count: number): void {
    this.#count += count;
  }

  /** Of all that were added. */
  get count(): number {
    return this.#count;
  }

  sorted(): readonly T[] {
    const keyed = this.#items.map((item) => [this.#keyOf(item), item] as const);
    keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return keyed.slice(0, this.#limit).map(([, item]) => item);
  }
}
