import { sql } from "kysely";
import { beforeEach, expect, it } from "vitest";
import { audit } from "./audit.ts";
import { type Ctx, inTransaction } from "./context.ts";
import { useDatabase } from "./test/database.ts";
import { anOrganisation, testServices } from "./test/factories.ts";
import { verifyChains } from "./verify-audit.ts";

const database = useDatabase();
let owner: Ctx;

beforeEach(async () => {
  ({ owner } = await anOrganisation(testServices(database())));
  for (let n = 1; n <= 5; n += 1) {
    await inTransaction({ ...owner, requestId: `request-${n}` }, (tx) =>
      audit(tx, {
        action: "test.happen",
        subject: { type: "test", id: String(n) },
        detail: { n, "ü\u2028": [1.5e-7, 1e21, -0, null, { deep: true }] },
      }),
    );
  }
});

/** What somebody could do who owns the database. */
async function tamper(text: string): Promise<void> {
  await database()
    .connection.db.transaction()
    .execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql.raw(text.replaceAll("$org", `org_id = '${owner.orgId}'`)).execute(tx);
    });
}

async function chain() {
  return (await verifyChains(database().connection.db)).find(({ orgId }) => orgId === owner.orgId);
}

it("finds nothing wrong with a log as it was written", async () => {
  expect(await chain()).toMatchObject({ events: 5, broken: null, head: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

it.each([
  ["an edited detail", `update audit_event set detail = jsonb_set(detail, '{n}', '9') where $org and seq = 3`, 3],
  ["an edited actor", `update audit_event set actor_id = 'x' where $org and seq = 1`, 1],
  ["an edited request", `update audit_event set request_id = null where $org and seq = 4`, 4],
  ["a person who was added", `update audit_event set actor_user_id = 'x' where $org and seq = 4`, 4],
  [
    "a time moved by a millionth",
    `update audit_event set at = at + interval '1 microsecond' where $org and seq = 2`,
    2,
  ],
  ["a removed event", `delete from audit_event where $org and seq = 2`, 2],
  ["the newest removed", `delete from audit_event where $org and seq = 5`, 5],
  ["the first removed", `delete from audit_event where $org and seq = 1`, 1],
  [
    "two in another order",
    `update audit_event set seq = case seq when 2 then 103 else 102 end where $org and seq in (2, 3);
     update audit_event set seq = seq - 100 where $org and seq > 100`,
    2,
  ],
  [
    "a removed event with those after it moved up",
    `delete from audit_event where $org and seq = 3; update audit_event set seq = seq + 99 where $org and seq > 3;
     update audit_event set seq = seq - 100 where $org and seq > 100`,
    3,
  ],
  ["an event before the first", `update audit_event set seq = 0 where $org and seq = 1`, 1],
  ["a forged newest", `update audit_event set hash = sha256(hash) where $org and seq = 5`, 5],
  ["a head turned back", `update audit_head set seq = 4 where $org`, 5],
  ["a removed head", `delete from audit_head where $org`, 6],
  ["everything removed", `delete from audit_event where $org; delete from audit_head where $org`, 1],
])("finds %s, and where", async (_, text, seq) => {
  await tamper(text);
  expect(await chain()).toMatchObject({ broken: { seq, problem: expect.any(String) } });
});

it("finds an event that was put into another organisation's log", async () => {
  const other = (await anOrganisation(testServices(database()))).owner.orgId;
  await tamper(`update audit_event set org_id = '${other}' where $org and seq = 1`);
  const chains = await verifyChains(database().connection.db);
  expect(chains.find(({ orgId }) => orgId === other)?.broken).toMatchObject({ seq: 1 });
});
