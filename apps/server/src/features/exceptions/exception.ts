import type { Exception } from "./queries.ts";

/** Whether it covers its findings at `now`. Ending is a comparison, not a state: no sweep can be late. */
export function isInForce({ revokedAt, expiresAt }: Pick<Exception, "revokedAt" | "expiresAt">, now: Date): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt);
}
