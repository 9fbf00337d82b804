import { createHash } from "node:crypto";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Tx } from "./context.ts";

/** What was done to what. Nothing in it is secret. */
export interface AuditEntry {
  /** `noun.verb`, e.g. "policy.create". */
  readonly action: string;
  readonly subject: { readonly type: string; readonly id: string };
  /** The subject as it was, or its changed members; left out when it is new. Dates are kept as ISO 8601. */
  readonly before?: object;
  /** The same of what it became; left out when it is gone. */
  readonly after?: object;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** The members a hash covers, times as ISO 8601. */
export interface HashedEvent {
  readonly orgId: string;
  readonly seq: number;
  readonly at: string;
  readonly actorType: string;
  readonly actorId: string;
  readonly actorLabel: string;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly detail: unknown;
  /** Left out of the hash when null. */
  readonly requestId: string | null;
  readonly actorUserId: string | null;
}

/** 32 zero bytes: what the first event of an organisation points back to. */
export const firstHash = Buffer.alloc(32);

/**
 * Appends to the organisation's audit log, in the transaction of the change: both are kept or neither. Each event's hash
 * covers the one before, so that a row changed or removed later shows. Audited transactions of one organisation wait
 * for each other here; call it late.
 */
export async function audit(tx: Tx, { action, subject, before, after, detail }: AuditEntry): Promise<void> {
  await tx.db
    .insertInto("auditHead")
    .values({ orgId: tx.orgId, seq: 0, hash: firstHash })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const head = await tx.db
    .selectFrom("auditHead")
    .select(["seq", "hash"])
    .where("orgId", "=", tx.orgId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const event: HashedEvent = {
    orgId: tx.orgId,
    seq: head.seq + 1,
    at: tx.now.toISOString(),
    actorType: tx.actor.type,
    actorId: tx.actor.id,
    actorLabel: tx.actor.label,
    action,
    subjectType: subject.type,
    subjectId: subject.id,
    detail: plain({ ...detail, before, after }),
    requestId: tx.requestId ?? null,
    actorUserId: tx.actor.userId ?? null,
  };
  const hash = hashOf(head.hash, event);
  await tx.db
    .insertInto("auditEvent")
    .values({ ...event, at: tx.now, detail: canonicalJson(event.detail), previousHash: head.hash, hash })
    .execute();
  await tx.db.updateTable("auditHead").set({ seq: event.seq, hash }).where("orgId", "=", tx.orgId).execute();
}

/** SHA-256 of the previous hash and the event's canonical text. */
export function hashOf(previous: Uint8Array, { requestId, actorUserId, ...event }: HashedEvent): Buffer {
  // Events written before these two were kept have the same hash as ever.
  const text = canonicalJson({
    ...event,
    ...(requestId === null ? {} : { requestId }),
    ...(actorUserId === null ? {} : { actorUserId }),
  });
  return createHash("sha256").update(previous).update(text, "utf8").digest();
}

/** As it comes back out of jsonb: dates are text, undefined members are gone. */
function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
