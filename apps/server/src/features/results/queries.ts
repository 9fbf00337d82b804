import type { Facts } from "@holdfast/contracts/fact";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { BenchmarkLayoutTable, JudgementTable, ScanResultTable } from "../../db/schema.ts";
import type { DeviceRow } from "../devices/queries.ts";
import { latestOutcome } from "./latest-outcome.ts";
import { riskOf } from "./risk.ts";

export type Judgement = Selectable<JudgementTable>;
/** All a verdict depends on; exactly one of the first two is there. */
export type JudgementKey = Pick<
  Judgement,
  "factSetId" | "importedResultId" | "policyId" | "policyRevision" | "contentDigest"
>;
export type Layout = Selectable<BenchmarkLayoutTable>;
export type ScanResult = Selectable<ScanResultTable>;

/** The device, locked: its uploads are stored one after the other. */
export async function lockDevice(tx: Tx, id: string): Promise<DeviceRow> {
  return tx.db
    .selectFrom("device")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** As lockDevice; null when someone else holds it. */
export async function tryLockDevice(tx: Tx, id: string): Promise<DeviceRow | null> {
  const row = await tx.db
    .selectFrom("device")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forNoKeyUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row ?? null;
}

/** What a stored set holds, or what it holds at some addresses. */
export async function selectFacts(tx: Tx, factSetId: number, addresses?: readonly string[]): Promise<Facts> {
  const rows = await tx.db
    .withoutPlugins()
    .selectFrom("fact")
    .select(["address", "observation"])
    .where(
      sql<boolean>`id = any((select fact_ids from fact_set where org_id = ${tx.orgId} and fact_set.id = ${factSetId})::bigint[])`,
    )
    .$if(addresses !== undefined, (query) => query.where("address", "=", sql<string>`any(${addresses ?? []}::text[])`))
    .execute();
  return new Map(rows.map(({ address, observation }) => [address, observation]));
}

/** What a result keeps of the judgement it rests on. */
export type KeptJudgement = Pick<Judgement, (typeof keptColumns)[number]>;
const keptColumns = [
  "id",
  "layoutId",
  "statuses",
  "failing",
  "scoring",
  "passedWeight",
  "failedWeight",
  "passCount",
  "failCount",
  "errorCount",
  "notApplicableCount",
  "manualCount",
  "notPortedCount",
  "failedCritical",
  "failedHigh",
  "failedMedium",
  "failedLow",
  "score",
] as const;

/** The ids of what a stored set holds, by address. */
export async function selectFactIds(tx: Tx, factSetId: number): Promise<Map<string, number>> {
  // One row: of hundreds, each costs more than what is in it.
  const { rows } = await sql<{ ids: number[] | null; addresses: string[] | null }>`
    select array_agg(id) as ids, json_agg(address) as addresses from fact
    where id = any((select fact_ids from fact_set where org_id = ${tx.orgId} and fact_set.id = ${factSetId})::bigint[])`.execute(
    tx.db,
  );
  const [{ ids, addresses } = { ids: null, addresses: null }] = rows;
  return new Map(addresses?.map((address, at) => [address, ids?.[at] ?? 0]));
}

/** Null when the subject was not judged so before. */
export async function findJudgement(tx: Tx, key: JudgementKey): Promise<KeptJudgement | null> {
  const [column, subject] =
    key.factSetId === null
      ? (["importedResultId", key.importedResultId] as const)
      : (["factSetId", key.factSetId] as const);
  const row = await tx.db
    .selectFrom("judgement")
    .select(keptColumns)
    .where("orgId", "=", tx.orgId)
    .where(column, "=", subject)
    .where("policyId", "=", key.policyId)
    .where("policyRevision", "=", key.policyRevision)
    .where("contentDigest", "=", key.contentDigest)
    .executeTakeFirst();
  return row ?? null;
}

/** @returns its id. */
export async function insertJudgement(tx: Tx, judgement: Insertable<JudgementTable>): Promise<number> {
  const { id } = await tx.db.insertInto("judgement").values(judgement).returning("id").executeTakeFirstOrThrow();
  return id;
}

/** The layout with this digest, stored when it is new. */
export async function internLayout(tx: Tx, layout: Insertable<BenchmarkLayoutTable>): Promise<number> {
  const found = await tx.db
    .selectFrom("benchmarkLayout")
    .select("id")
    .where("digest", "=", layout.digest)
    .executeTakeFirst();
  if (found !== undefined) return found.id;
  await tx.db
    .insertInto("benchmarkLayout")
    .values(layout)
    .onConflict((conflict) => conflict.column("digest").doNothing())
    .execute();
  const { id } = await tx.db
    .selectFrom("benchmarkLayout")
    .select("id")
    .where("digest", "=", layout.digest)
    .executeTakeFirstOrThrow();
  return id;
}

export async function selectLayout(tx: Tx, id: number): Promise<Layout> {
  return tx.db.selectFrom("benchmarkLayout").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

/**
 * A result with what was judged in it. Of a latest result the counts of failures, the score and the risk level are those
 * with the exceptions now in force; of others they are as judged, until `withExceptions`.
 */
export interface JudgedResult extends Judgement {
  readonly resultId: string;
  readonly deviceId: string;
  readonly checkedAt: Date;
  readonly receivedAt: Date;
  readonly policyName: string;
  readonly exemptedCount: number;
  /** The scanner it was imported from; null: our own. */
  readonly source: string | null;
}

export interface ResultFilter {
  readonly deviceIds: readonly string[];
  readonly policyId?: string | undefined;
}

/** Devices after `after` whose latest result of a policy was judged by an older revision of it, by id. */
export async function selectStale(
  tx: Tx,
  { id, revision }: { readonly id: string; readonly revision: number },
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx.db
    .selectFrom("latestResult")
    .innerJoin("judgement", "judgement.id", "latestResult.judgementId")
    .select("latestResult.deviceId")
    .where("latestResult.orgId", "=", tx.orgId)
    .where("latestResult.policyId", "=", id)
    .where("judgement.policyRevision", "<", revision)
    .where("latestResult.deviceId", ">", after)
    .orderBy("latestResult.deviceId")
    .limit(limit)
    .execute();
  return rows.map(({ deviceId }) => deviceId);
}

/** A device's latest result of a policy and what it was judged on; null when there is none. */
export async function findLatest(tx: Tx, deviceId: string, policyId: string) {
  const row = await tx.db
    .selectFrom("latestResult")
    .innerJoin("judgement", "judgement.id", "latestResult.judgementId")
    .select([
      "resultId as id",
      "deviceId",
      "latestResult.policyId",
      "judgementId",
      "checkedAt",
      "factSetId",
      "importedResultId",
      "policyRevision",
    ])
    .where("latestResult.orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("latestResult.policyId", "=", policyId)
    .executeTakeFirst();
  return row ?? null;
}

/** The newest result of each policy on these devices, newest first. */
export async function selectLatestResults(tx: Tx, { deviceIds, policyId }: ResultFilter): Promise<JudgedResult[]> {
  const rows = await tx.db
    .selectFrom(latestOutcome(tx).as("outcome"))
    .innerJoin("judgement", "judgement.id", "outcome.judgementId")
    .innerJoin("policy", "policy.id", "outcome.policyId")
    .leftJoin("importedResult", "importedResult.id", "judgement.importedResultId")
    .selectAll("judgement")
    .select([
      "outcome.resultId",
      "outcome.deviceId",
      "outcome.checkedAt",
      "outcome.receivedAt",
      "outcome.failCount",
      "outcome.exemptedCount",
      "outcome.failedCritical",
      "outcome.failedHigh",
      "outcome.failedMedium",
      "outcome.failedLow",
      "outcome.score",
      "policy.name as policyName",
      "importedResult.source",
    ])
    .where("outcome.deviceId", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .$if(policyId !== undefined, (query) => query.where("outcome.policyId", "=", policyId ?? ""))
    .orderBy("outcome.checkedAt", "desc")
    .orderBy("outcome.receivedAt", "desc")
    .execute();
  return rows.map((row) => ({ ...row, riskLevel: riskOf(tx.services, row.score, row.failedCritical) }));
}

export async function selectLayouts(tx: Tx, ids: readonly number[]): Promise<Layout[]> {
  return tx.db
    .selectFrom("benchmarkLayout")
    .selectAll()
    .where("id", "=", sql<number>`any(${ids}::integer[])`)
    .execute();
}

/** A device's results as judged, newest first. */
export async function selectResults(
  tx: Tx,
  filter: {
    readonly deviceId: string;
    readonly policyId?: string | undefined;
    readonly resultId?: string | undefined;
    readonly limit: number;
  },
): Promise<JudgedResult[]> {
  const { deviceId, policyId, resultId, limit } = filter;
  return tx.db
    .selectFrom("scanResult")
    .innerJoin("judgement", "judgement.id", "scanResult.judgementId")
    .innerJoin("policy", "policy.id", "scanResult.policyId")
    .leftJoin("importedResult", "importedResult.id", "judgement.importedResultId")
    .selectAll("judgement")
    .select([
      "scanResult.id as resultId",
      "scanResult.deviceId",
      "checkedAt",
      "receivedAt",
      "policy.name as policyName",
      "importedResult.source",
      sql<number>`0`.as("exemptedCount"),
    ])
    .where("scanResult.orgId", "=", tx.orgId)
    .where("scanResult.deviceId", "=", deviceId)
    .$if(policyId !== undefined, (query) => query.where("scanResult.policyId", "=", policyId ?? ""))
    .$if(resultId !== undefined, (query) => query.where("scanResult.id", "=", resultId ?? ""))
    .orderBy("checkedAt", "desc")
    .orderBy("receivedAt", "desc")
    .limit(limit)
    .execute();
}

/** A device's scans since a time, oldest first, as judged. */
export async function selectHistory(tx: Tx, deviceId: string, policyId: string | undefined, since: Date) {
  return tx.db
    .selectFrom("scanResult")
    .innerJoin("judgement", "judgement.id", "scanResult.judgementId")
    .select(["checkedAt", "score", "failedCritical", "passCount", "failCount"])
    .where("scanResult.orgId", "=", tx.orgId)
    .where("scanResult.deviceId", "=", deviceId)
    .where("checkedAt", ">=", since)
    .$if(policyId !== undefined, (query) => query.where("scanResult.policyId", "=", policyId ?? ""))
    .orderBy("checkedAt")
    .orderBy("receivedAt")
    .execute();
}
