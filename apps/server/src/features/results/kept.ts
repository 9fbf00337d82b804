/** A map that keeps what was used last while there is room. */
export class Kept<Key, Value> {
  readonly #room: number;
  readonly #sizeOf: (value: Value, key: Key) => number;
  readonly #values = new Map<Key, Value>();
  #size = 0;

  /** @param room in the unit of `sizeOf`. */
  constructor(room: number, sizeOf: (value: Value, key: Key) => number) {
    this.#room = room;
    this.#sizeOf = sizeOf;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    // The one used last is the last to go.
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#drop(key);
    this.#values.set(key, value);
    this.#size += this.#sizeOf(value, key);
    for (const oldest of this.#values.keys()) {
      if (this.#size <= this.#room) break;
      this.#drop(oldest);
    }
  }

  #drop(key: Key): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#size -= this.#sizeOf(value, key);
  }
}
