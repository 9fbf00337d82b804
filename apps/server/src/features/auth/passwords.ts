import { hash, verify } from "@node-rs/argon2";

/** argon2id with 19 MiB and two passes. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, cost);
}

/** A hash of nothing anyone knows: an unknown address takes as long as a wrong password. */
let decoy: Promise<string> | null = null;

/** @param stored null when there is no such account or it has no password; then always false, after the same work. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  decoy ??= hashPassword(crypto.randomUUID());
  const matches = await verify(stored ?? (await decoy), password);
  return stored !== null && matches;
}
