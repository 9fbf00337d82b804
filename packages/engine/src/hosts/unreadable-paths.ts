import { SmallestItems } from "../smallest-items.ts";

/** What a walk could not read: how many, and the first of them by name. */
export class Unreadable {
  readonly #paths = new SmallestItems<string>(20, (path) => path);

  add(path: string): void {
    this.#paths.add(path);
  }

  get count(): number {
    return this.#paths.count;
  }

  get paths(): readonly string[] {
    return this.#paths.sorted();
  }
}
