import { setTimeout as sleep } from "node:timers/promises";

/**
 * How long to wait before the next attempt, in milliseconds: doubling up to `longestMs`, and anywhere between half of
 * that and all of it, so that many agents do not come back at once.
 *
 * @param attempt from 0.
 */
export function backoffMs(attempt: number, firstMs: number, longestMs: number, random = Math.random()): number {
  const full = Math.min(firstMs * 2 ** Math.min(attempt, 30), longestMs);
  return Math.round(full / 2 + (full / 2) * random);
}

/** Waits; returns early, without throwing, when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
