import type { Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
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

/** What is stored already of what an upload tells. */
export interface UploadBase {
  /** Whether the upload itself is. */
  readonly stored: boolean;
  /** The set it describes, if the device had it once; and the one it is described by. */
  readonly setId: number | null;
  readonly baseId: number | null;
  /** What the base holds at addresses that the upload does not change. */
  readonly ids: readonly number[];
  /** Hex. */
  readonly hashes: readonly string[];
  /** Those of them that are asked for. */
  readonly facts: Facts;
  /** What the policy, as it is now, said of the base; null when it did not judge it. */
  readonly judged: PastJudgement | null;
}

export type PastJudgement = Pick<Judgement, "policyRevision" | "statuses" | "layoutId">;

export interface UploadKey {
  readonly deviceId: string;
  readonly resultId: string;
  /** Hex. */
  readonly digest: string;
  readonly base: string | null;
  readonly policyId: string;
  readonly contentDigest: Buffer;
}

/**
 * @param changed addresses at which the set differs from its base.
 * @param wanted addresses of facts to read.
 */
export async function findUploadBase(
  tx: Tx,
  { deviceId, resultId, digest, base, policyId, contentDigest }: UploadKey,
  changed: readonly string[],
  wanted: readonly string[],
): Promise<UploadBase> {
  const hashOf = (hex: string | null): Buffer | null => (hex === null ? null : Buffer.from(hex, "hex"));
  // One row: of hundreds, each costs more than what is in it.
  const { rows } = await sql<{
    stored: boolean;
    setId: number | null;
    baseId: number | null;
    ids: number[] | null;
    hashes: string | null;
    facts: Record<string, Observation> | null;
    policyRevision: number | null;
    statuses: number[] | null;
    layoutId: number | null;
  }>`
    select
      exists (select from scan_result where org_id = ${tx.orgId} and id = ${resultId}) as stored,
      (select id from fact_set
        where org_id = ${tx.orgId} and device_id = ${deviceId} and digest = ${hashOf(digest)}) as set_id,
      base.id as base_id, other.ids, other.hashes, other.facts, judged.policy_revision, judged.statuses, judged.layout_id
    from (select) as always
    left join fact_set as base
      on base.org_id = ${tx.orgId} and base.device_id = ${deviceId} and base.digest = ${hashOf(base)}
    left join lateral (
      select array_agg(id) as ids, string_agg(encode(hash, 'hex'), ' ') as hashes,
        json_object_agg(address, observation) filter (where address = any(${wanted}::text[])) as facts
      from fact where id = any(base.fact_ids) and not address = any(${changed}::text[])
    ) as other on base.id is not null
    left join policy on policy.org_id = ${tx.orgId} and policy.id = ${policyId}
    left join judgement as judged on judged.org_id = ${tx.orgId} and judged.fact_set_id = base.id and judged.policy_id = policy.id
      and judged.policy_revision = policy.revision and judged.content_digest = ${contentDigest}`.execute(tx.db);
  const [row] = rows;
  const { policyRevision = null, statuses = null, layoutId = null } = row ?? {};
  return {
    stored: row?.stored ?? false,
    setId: row?.setId ?? null,
    baseId: row?.baseId ?? null,
    ids: row?.ids ?? [],
    hashes: row?.hashes?.split(" ") ?? [],
    facts: new Map(Object.entries(row?.facts ?? {})),
    judged: policyRevision === null || statuses === null ? null : { policyRevision, statuses, layoutId },
  };
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

export interface FinishedScan {
  readonly policyId: string;
  readonly workItemId: string | null;
  readonly checkedAt: Date;
}

/**
 * What an upload leaves on its device, of which only what changed is written, so that nothing grows; and closes the order it
 * answers: the one it names, or one opened before the scan was made.
 *
 * @returns the order's id; null when none was open.
 */
export async function finishUpload(
  tx: Tx,
  before: DeviceRow,
  after: Pick<DeviceRow, "platform" | "agentVersion" | "factSetId">,
  { policyId, workItemId, checkedAt }: FinishedScan,
): Promise<string | null> {
  // As text in one order: the database keeps members in an order of its own.
  const platform = canonicalJson(after.platform);
  const row = await tx.db
    .with("seen", (db) =>
      db
        .updateTable("device")
        .set({
          lastSeenAt: tx.now,
          ...(after.factSetId === before.factSetId ? {} : { factSetId: after.factSetId }),
          ...(after.agentVersion === before.agentVersion ? {} : { agentVersion: after.agentVersion }),
          ...(platform === canonicalJson(before.platform) ? {} : { platform }),
        })
        .where("orgId", "=", tx.orgId)
        .where("id", "=", before.id),
    )
    .deleteFrom("workItem")
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", before.id)
    .where("policyId", "=", policyId)
    .where((where) => where.or([where("id", "=", workItemId), where("createdAt", "<=", checkedAt)]))
    .returning("id")
    .executeTakeFirst();
  return row?.id ?? null;
}
