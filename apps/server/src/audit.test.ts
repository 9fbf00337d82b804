import { expect, it } from "vitest";
import { audit, firstHash, hashOf } from "./audit.ts";
import { inTransaction } from "./context.ts";
import { listAuditEvents } from "./features/audit-log/list-audit-events.ts";
import { useDatabase } from "./test/database.ts";
import { anOrganisation, testServices } from "./test/factories.ts";

const database = useDatabase();

it("numbers and chains an organisation's events, also when they come at once", async () => {
  const { owner } = await anOrganisation(testServices(database()));
  await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      inTransaction(owner, (tx) =>
        audit(tx, {
          action: "test.happen",
          subject: { type: "test", id: String(n) },
          detail: { n, nested: { b: 1, a: "ü" } },
        }),
      ),
    ),
  );
  const events = await inTransaction(owner, (tx) =>
    tx.db.selectFrom("auditEvent").selectAll().orderBy("seq").execute(),
  );
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 12 }, (_, n) => n + 1));
  let previous: Buffer = firstHash;
  for (const { previousHash, hash, at, ...event } of events) {
    expect(previousHash.equals(previous)).toBe(true);
    expect(hashOf(previous, { ...event, at: at.toISOString() }).equals(hash)).toBe(true);
    previous = hash;
  }
});

it("names who did it, through which token and in which request, with what was before and after", async () => {
  const { owner } = await anOrganisation(testServices(database()));
  const actor = { ...owner.actor, type: "token", userId: "the-person" } as const;
  const at = new Date("2026-01-02T03:04:05.678Z");
  await inTransaction({ ...owner, actor, requestId: "request-1" }, (tx) =>
    audit(tx, { action: "test.change", subject: { type: "test", id: "1" }, before: { a: 1 }, after: { at } }),
  );
  const { items } = await listAuditEvents(owner, { actor: "the-person" }, { offset: 0, limit: 10 });
  expect(items).toMatchObject([
    {
      actorType: "token",
      actorUserId: "the-person",
      subject: "test 1",
      requestId: "request-1",
      before: { a: 1 },
      after: { at: at.toISOString() },
    },
  ]);
  expect((await listAuditEvents(owner, { actor: "nobody" }, { offset: 0, limit: 10 })).total).toBe(0);
  expect((await listAuditEvents(owner, { action: "test" }, { offset: 0, limit: 10 })).total).toBe(1);
  expect((await listAuditEvents(owner, { action: "tes" }, { offset: 0, limit: 10 })).total).toBe(0);
});

it("keeps no event of a change that was rolled back", async () => {
  const { owner } = await anOrganisation(testServices(database()));
  const failed = inTransaction(owner, async (tx) => {
    await audit(tx, { action: "test.happen", subject: { type: "test", id: "1" } });
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  const events = await inTransaction(owner, (tx) => tx.db.selectFrom("auditEvent").select("seq").execute());
  expect(events).toEqual([]);
});
