import { TooManyRequests } from "../errors.ts";

const windowMs = 60_000;
const maxFailures = 30;
const maxKeys = 50_000;

/** Stops guessing at many accounts: after thirty failures in a minute an address is refused until the minute is over. */
export class FailureLimit {
  readonly #failures = new Map<string, { count: number; readonly endsAt: number }>();

  /** @throws TooManyRequests */
  assertAllowed(key: string, nowMs = Date.now()): void {
    const entry = this.#failures.get(key);
    if (entry === undefined || entry.endsAt <= nowMs || entry.count < maxFailures) return;
    const seconds = Math.ceil((entry.endsAt - nowMs) / 1000);
    throw new TooManyRequests(`Too many failed attempts; try again in ${seconds} seconds.`, seconds);
  }

  failed(key: string, nowMs = Date.now()): void {
    const entry = this.#failures.get(key);
    if (entry !== undefined && entry.endsAt > nowMs) {
      entry.count += 1;
      return;
    }
    this.#failures.delete(key);
    this.#failures.set(key, { count: 1, endsAt: nowMs + windowMs });
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > maxKeys && !oldest.done) this.#failures.delete(oldest.value);
  }
}
