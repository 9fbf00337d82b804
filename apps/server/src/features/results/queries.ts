import type { Facts } from "@holdfast/contracts/fact";
import { type Insertable, type Selectable, sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { BenchmarkLayoutTable, JudgementTable, ScanResultTable } from "../../db/schema.ts";
import type { DeviceRow } from "../devices/queries.ts";

export type Judgement = Selectable<JudgementTable>;
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

export async function findScanResult(tx: Tx, id: string): Promise<ScanResult | null> {
  const row = await tx.db
    .selectFrom("scanResult")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}

export interface FactSetRow {
  readonly id: number;
  readonly factIds: number[];
}

/** A set the device had once; null when it never did. */
export async function findFactSet(tx: Tx, deviceId: string, digest: string): Promise<FactSetRow | null> {
  const row = await tx.db
    .selectFrom("factSet")
    .select(["id", "factIds"])
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("digest", "=", Buffer.from(digest, "hex"))
    .executeTakeFirst();
  return row ?? null;
}

/** Address and hash (hex) of stored facts, by id. */
export async function selectFactKeys(
  tx: Tx,
  ids: readonly number[],
): Promise<{ readonly id: number; readonly address: string; readonly hash: string }[]> {
  const rows = await tx.db
    .selectFrom("fact")
    .select(["id", "address", "hash"])
    .where("id", "=", sql<number>`any(${ids}::bigint[])`)
    .execute();
  return rows.map(({ id, address, hash }) => ({ id, address, hash: hash.toString("hex") }));
}

export async function insertFactSet(
  tx: Tx,
  deviceId: string,
  digest: string,
  factIds: readonly number[],
): Promise<number> {
  const { id } = await tx.db
    .insertInto("factSet")
    .values({ orgId: tx.orgId, deviceId, digest: Buffer.from(digest, "hex"), factIds: [...factIds] })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Everything a stored set holds. */
export async function selectFacts(tx: Tx, factSetId: number): Promise<Facts> {
  const rows = await tx.db
    .selectFrom("fact")
    .select(["address", "observation"])
    .where(
      sql<boolean>`id = any((select fact_ids from fact_set where org_id = ${tx.orgId} and fact_set.id = ${factSetId})::bigint[])`,
    )
    .execute();
  return new Map(rows.map(({ address, observation }) => [address, observation]));
}

export async function findJudgement(
  tx: Tx,
  key: Pick<Judgement, "factSetId" | "policyId" | "policyRevision" | "contentDigest">,
): Promise<Judgement | null> {
  const row = await tx.db
    .selectFrom("judgement")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("factSetId", "=", key.factSetId)
    .where("policyId", "=", key.policyId)
    .where("policyRevision", "=", key.policyRevision)
    .where("contentDigest", "=", key.contentDigest)
    .executeTakeFirst();
  return row ?? null;
}

export async function insertJudgement(tx: Tx, judgement: Insertable<JudgementTable>): Promise<Judgement> {
  return tx.db.insertInto("judgement").values(judgement).returningAll().executeTakeFirstOrThrow();
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

export async function insertScanResult(tx: Tx, result: Omit<ScanResult, "orgId">): Promise<void> {
  await tx.db
    .insertInto("scanResult")
    .values({ ...result, orgId: tx.orgId })
    .execute();
}

/** Makes a result the latest of its device and policy, unless a later one is there; of two made at once, the one received last. */
export async function upsertLatest(tx: Tx, result: Omit<ScanResult, "orgId">): Promise<void> {
  const { id: resultId, deviceId, policyId, judgementId, checkedAt, receivedAt } = result;
  await tx.db
    .insertInto("latestResult")
    .values({ orgId: tx.orgId, deviceId, policyId, resultId, judgementId, checkedAt, receivedAt })
    .onConflict((conflict) =>
      conflict
        .columns(["deviceId", "policyId"])
        .doUpdateSet({ resultId, judgementId, checkedAt, receivedAt })
        .where("latestResult.checkedAt", "<=", checkedAt),
    )
    .execute();
}

/** A result with what was judged in it. */
export interface JudgedResult extends Judgement {
  readonly resultId: string;
  readonly deviceId: string;
  readonly checkedAt: Date;
  readonly receivedAt: Date;
  readonly policyName: string;
}

export interface ResultFilter {
  readonly deviceIds: readonly string[];
  readonly policyId?: string | undefined;
}

/** The newest result of each policy on these devices, newest first. */
export async function selectLatestResults(tx: Tx, { deviceIds, policyId }: ResultFilter): Promise<JudgedResult[]> {
  return tx.db
    .selectFrom("latestResult")
    .innerJoin("judgement", "judgement.id", "latestResult.judgementId")
    .innerJoin("policy", "policy.id", "latestResult.policyId")
    .selectAll("judgement")
    .select(["resultId", "deviceId", "checkedAt", "receivedAt", "policy.name as policyName"])
    .where("latestResult.orgId", "=", tx.orgId)
    .where("latestResult.deviceId", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .$if(policyId !== undefined, (query) => query.where("latestResult.policyId", "=", policyId ?? ""))
    .orderBy("checkedAt", "desc")
    .orderBy("receivedAt", "desc")
    .execute();
}

/** A device's results, newest first. */
export async function selectResults(
  tx: Tx,
  {
    deviceId,
    policyId,
    limit,
  }: { readonly deviceId: string; readonly policyId?: string | undefined; readonly limit: number },
): Promise<JudgedResult[]> {
  return tx.db
    .selectFrom("scanResult")
    .innerJoin("judgement", "judgement.id", "scanResult.judgementId")
    .innerJoin("policy", "policy.id", "scanResult.policyId")
    .selectAll("judgement")
    .select(["scanResult.id as resultId", "deviceId", "checkedAt", "receivedAt", "policy.name as policyName"])
    .where("scanResult.orgId", "=", tx.orgId)
    .where("scanResult.deviceId", "=", deviceId)
    .$if(policyId !== undefined, (query) => query.where("scanResult.policyId", "=", policyId ?? ""))
    .orderBy("checkedAt", "desc")
    .orderBy("receivedAt", "desc")
    .limit(limit)
    .execute();
}

/** What an upload leaves on its device; only what changed is written, so that nothing grows. */
export async function updateDeviceAfterUpload(
  tx: Tx,
  before: DeviceRow,
  after: Pick<DeviceRow, "platform" | "agentVersion" | "factSetId">,
): Promise<void> {
  const platform = JSON.stringify(after.platform);
  await tx.db
    .updateTable("device")
    .set({
      lastSeenAt: tx.now,
      ...(after.factSetId === before.factSetId ? {} : { factSetId: after.factSetId }),
      ...(after.agentVersion === before.agentVersion ? {} : { agentVersion: after.agentVersion }),
      ...(platform === JSON.stringify(before.platform) ? {} : { platform }),
    })
    .where("orgId", "=", tx.orgId)
    .where("id", "=", before.id)
    .execute();
}
