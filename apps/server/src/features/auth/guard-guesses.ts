import { createHash } from "node:crypto";
import { asSystem, type Services } from "../../context.ts";
import { TooManyRequests } from "../../errors.ts";
import { deleteFailures, findLock, insertFailure, setLock } from "./queries.ts";

/** Wrong passwords in a row that cost nothing but time; then the address is locked, each time twice as long. */
const freeFailures = 5;
const firstLockMs = 30_000;
const longestLockMs = 900_000;
const maxWaiting = 50;

/** Guesses at one address that are under way or waiting, in this process. */
const turns = new Map<string, { last: Promise<unknown>; waiting: number }>();

/**
 * Runs a check of a password for an address, whether it has an account or not. Checks of one address take turns, so that
 * many at once are no more guesses than one after the other.
 *
 * @param check gives null when the password is wrong.
 * @throws TooManyRequests while the address is locked, without checking.
 */
export async function guardGuesses<T>(
  services: Services,
  address: string,
  now: Date,
  check: () => Promise<T | null>,
): Promise<T | null> {
  const addressHash = createHash("sha256").update(address.toLowerCase(), "utf8").digest();
  return inTurn(addressHash.toString("hex"), async () => {
    const lockedUntil = await asSystem(services, (db) => findLock(db, addressHash, now));
    if (lockedUntil !== null) throw locked(lockedUntil, now);
    const found = await check();
    await asSystem(services, async (db) => {
      if (found !== null) return deleteFailures(db, addressHash);
      const failures = await insertFailure(db, addressHash, now);
      if (failures < freeFailures) return;
      const ms = Math.min(firstLockMs * 2 ** (failures - freeFailures), longestLockMs);
      await setLock(db, addressHash, new Date(now.getTime() + ms));
    });
    return found;
  });
}

async function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
  const turn = turns.get(key) ?? { last: Promise.resolve(), waiting: 0 };
  if (turn.waiting >= maxWaiting) throw new TooManyRequests("Too many attempts at once; try again in a second.", 1);
  turns.set(key, turn);
  turn.waiting += 1;
  const result = turn.last.then(work);
  turn.last = result.catch(() => undefined);
  try {
    return await result;
  } finally {
    turn.waiting -= 1;
    if (turn.waiting === 0) turns.delete(key);
  }
}

function locked(until: Date, now: Date): TooManyRequests {
  const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
  return new TooManyRequests(`Too many failed attempts; try again in ${seconds} seconds.`, seconds);
}
