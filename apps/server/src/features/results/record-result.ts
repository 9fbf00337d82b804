import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { KeptJudgement, ScanResult } from "./queries.ts";

/** A result to store; its device is locked. */
export type NewResult = Omit<ScanResult, "orgId" | "judgementId">;

/**
 * Stores a result and brings along what is kept of it: the latest result of its device and policy, and the outcome at the
 * end of its day. Of two results made at once the one received last is the later.
 */
export async function recordResult(tx: Tx, result: NewResult, judgement: KeptJudgement): Promise<void> {
  if (!(await insertResult(tx, result, judgement))) await correctDays(tx, result);
}

/** Makes it the latest, and that of its day, unless a later one is there. @returns whether it is. */
async function insertResult(tx: Tx, result: NewResult, judgement: KeptJudgement): Promise<boolean> {
  const { id, deviceId, policyId, checkedAt, receivedAt } = result;
  const { orgId } = tx;
  const day = dayOf(checkedAt);
  const { score, failCount } = judgement;
  const latest = { resultId: id, checkedAt, receivedAt, ...columnsOf(judgement) };
  const { numInsertedOrUpdatedRows } = await tx.db
    .with("stored", (db) => db.insertInto("scanResult").values({ ...result, orgId, judgementId: judgement.id }))
    .with("noted", (db) =>
      db
        .insertInto("scanDay")
        .values({ orgId, policyId, day })
        .onConflict((conflict) => conflict.doNothing()),
    )
    .with("latest", (db) =>
      db
        .insertInto("latestResult")
        .values({ orgId, deviceId, policyId, ...latest })
        .onConflict((conflict) =>
          conflict
            .columns(["deviceId", "policyId"])
            .doUpdateSet(latest)
            .where("latestResult.checkedAt", "<=", checkedAt),
        )
        .returning(["orgId", "deviceId", "policyId"]),
    )
    .insertInto("resultDay")
    .columns(["orgId", "deviceId", "policyId", "day", "score", "failCount"])
    .expression((db) =>
      db
        .selectFrom("latest")
        .select([
          "orgId",
          "deviceId",
          "policyId",
          sql<string>`${day}::date`.as("day"),
          sql<number | null>`${score}::double precision`.as("score"),
          sql<number>`${failCount}::integer`.as("failCount"),
        ]),
    )
    .onConflict((conflict) => conflict.columns(["deviceId", "policyId", "day"]).doUpdateSet({ score, failCount }))
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

/** What the latest result keeps of its judgement. */
function columnsOf(judgement: KeptJudgement) {
  return {
    judgementId: judgement.id,
    layoutId: judgement.layoutId,
    failing: judgement.failing,
    scoring: judgement.scoring,
    passedWeight: judgement.passedWeight,
    failedWeight: judgement.failedWeight,
    passCount: judgement.passCount,
    failCount: judgement.failCount,
    errorCount: judgement.errorCount,
    skippedCount: judgement.notApplicableCount + judgement.manualCount + judgement.notPortedCount,
    failedCritical: judgement.failedCritical,
    failedHigh: judgement.failedHigh,
    failedMedium: judgement.failedMedium,
    failedLow: judgement.failedLow,
  };
}

/**
 * Puts another judgement under the latest result, which keeps its time, and under its scan. The one it had goes, unless an
 * earlier scan rests on it. Its device is locked.
 */
export async function replaceJudgement(
  tx: Tx,
  latest: Omit<NewResult, "receivedAt"> & { readonly judgementId: number },
  judgement: KeptJudgement,
): Promise<void> {
  const { id, deviceId, policyId, checkedAt, judgementId: former } = latest;
  await tx.db
    .updateTable("latestResult")
    .set(columnsOf(judgement))
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("policyId", "=", policyId)
    .execute();
  await tx.db
    .updateTable("scanResult")
    .set({ judgementId: judgement.id })
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .where("checkedAt", "=", checkedAt)
    .execute();
  await upsertDay(tx, latest, judgement);
  if (former !== judgement.id) await deleteUnused(tx, deviceId, former);
}

async function deleteUnused(tx: Tx, deviceId: string, judgementId: number): Promise<void> {
  await tx.db
    .deleteFrom("judgement")
    .where("orgId", "=", tx.orgId)
    .where("id", "=", judgementId)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("scanResult")
            .select("scanResult.id")
            .where("scanResult.orgId", "=", tx.orgId)
            .where("scanResult.deviceId", "=", deviceId)
            .where("scanResult.judgementId", "=", judgementId),
        ),
      ),
    )
    .execute();
}

async function upsertDay(
  tx: Tx,
  { deviceId, policyId, checkedAt }: Omit<NewResult, "id" | "receivedAt">,
  judgement: KeptJudgement,
): Promise<void> {
  const { score, failCount } = judgement;
  await tx.db
    .insertInto("resultDay")
    .values({ orgId: tx.orgId, deviceId, policyId, day: dayOf(checkedAt), score, failCount })
    .onConflict((conflict) => conflict.columns(["deviceId", "policyId", "day"]).doUpdateSet({ score, failCount }))
    .execute();
}

/**
 * For a result that came after later ones: its own day, and the next day with a result, which may have been left out for
 * repeating the day before.
 */
async function correctDays(tx: Tx, { deviceId, policyId, checkedAt }: NewResult): Promise<void> {
  const dayEnd = new Date(Date.parse(`${dayOf(checkedAt)}T00:00:00Z`) + 86_400_000);
  const next = await tx.db
    .selectFrom("scanResult")
    .select("checkedAt")
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("policyId", "=", policyId)
    .where("checkedAt", ">=", dayEnd)
    .orderBy("checkedAt")
    .limit(1)
    .executeTakeFirst();
  for (const time of next === undefined ? [checkedAt] : [checkedAt, next.checkedAt]) {
    const day = dayOf(time);
    await sql`
      insert into result_day (org_id, device_id, policy_id, day, score, fail_count)
      select ${tx.orgId}, ${deviceId}, ${policyId}, ${day}, judgement.score, judgement.fail_count
      from scan_result join judgement on judgement.id = scan_result.judgement_id
      where scan_result.org_id = ${tx.orgId} and scan_result.device_id = ${deviceId}
        and scan_result.policy_id = ${policyId}
        and checked_at >= ${day}::timestamp at time zone 'UTC'
        and checked_at < (${day}::timestamp + interval '1 day') at time zone 'UTC'
      order by checked_at desc, received_at desc limit 1
      on conflict (device_id, policy_id, day) do update set score = excluded.score, fail_count = excluded.fail_count`.execute(
      tx.db,
    );
  }
}

/** The UTC day of a time, as an ISO date. */
function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
