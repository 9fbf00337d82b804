import type { Json } from "@holdfast/contracts/json";
import { type Insertable, sql, type Transaction, type Updateable } from "kysely";
import type { Tx } from "../../context.ts";
import type { Database, RemediationTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";
import {
  type ApprovalStatus,
  type NamedRemediation,
  openStates,
  type Remediation,
  type RemediationState,
  type RemediationStatus,
} from "./remediation.ts";

/** What asking for a remediation needs of a result. */
export interface ReferredResult {
  readonly resultId: string;
  readonly policyId: string;
  readonly deviceId: string;
  readonly layoutId: number | null;
  readonly statuses: readonly number[];
}

/** A device's result by its id; null when the device has no such result. */
export async function findResultOf(tx: Tx, deviceId: string, resultId: string): Promise<ReferredResult | null> {
  const row = await tx.db
    .selectFrom("scanResult")
    .innerJoin("judgement", "judgement.id", "scanResult.judgementId")
    .select(["scanResult.id as resultId", "scanResult.policyId", "deviceId", "layoutId", "statuses"])
    .where("scanResult.orgId", "=", tx.orgId)
    .where("scanResult.deviceId", "=", deviceId)
    .where("scanResult.id", "=", resultId)
    .executeTakeFirst();
  return row ?? null;
}

/** Stored in the order given. Left out: those for which the device has an open one of the same check. */
export async function insertRemediations(
  tx: Tx,
  rows: readonly Insertable<RemediationTable>[],
): Promise<Pick<Remediation, "id" | "checkId">[]> {
  return tx.db
    .insertInto("remediation")
    .values([...rows])
    .onConflict((conflict) => conflict.doNothing())
    .returning(["id", "checkId"])
    .execute();
}

/** The open actions of these checks on a device. */
export async function selectOpen(
  tx: Tx,
  deviceId: string,
  checkIds: readonly string[],
): Promise<Pick<Remediation, "id" | "checkId" | "recommendation">[]> {
  return tx.db
    .selectFrom("remediation")
    .select(["id", "checkId", "recommendation"])
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("checkId", "=", sql<string>`any(${checkIds})`)
    .where("state", "in", openStates)
    .execute();
}

/** The last completed apply of a check on a device, and whether a completed roll-back has undone it; null: none. */
export async function findLastApply(
  tx: Tx,
  deviceId: string,
  by: { readonly checkId: string } | { readonly recommendation: string },
): Promise<{ readonly apply: Remediation; readonly undone: boolean } | null> {
  const apply = await tx.db
    .selectFrom("remediation")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .$if("checkId" in by, (query) => query.where("checkId", "=", "checkId" in by ? by.checkId : ""))
    .$if("recommendation" in by, (query) =>
      query.where("recommendation", "=", "recommendation" in by ? by.recommendation : ""),
    )
    .where("action", "=", "apply")
    .where("state", "=", "completed")
    .orderBy("executedAt", "desc")
    .limit(1)
    .executeTakeFirst();
  if (apply === undefined) return null;
  const undoing = await tx.db
    .selectFrom("remediation")
    .select("id")
    .where("orgId", "=", tx.orgId)
    .where("undoes", "=", apply.id)
    .where("state", "=", "completed")
    .executeTakeFirst();
  return { apply, undone: undoing !== undefined };
}

/** Those of these that the organisation has, locked in the order of their ids, so that two who decide never deadlock. */
export async function lockRemediations(tx: Tx, ids: readonly string[]): Promise<Remediation[]> {
  return tx.db
    .selectFrom("remediation")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .orderBy("id")
    .forUpdate()
    .execute();
}

/** @throws NotFound, also for another organisation's. */
export async function lockRemediation(tx: Tx, id: string): Promise<Remediation> {
  const [row] = await lockRemediations(tx, [id]);
  if (row === undefined) throw new NotFound("remediation action");
  return row;
}

export async function updateRemediations(
  tx: Tx,
  ids: readonly string[],
  change: Updateable<RemediationTable>,
): Promise<void> {
  await tx.db
    .updateTable("remediation")
    .set(change)
    .where("orgId", "=", tx.orgId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .execute();
}

/** jsonb, with JSON's own null for null. */
export function jsonText(value: Json | unknown): string {
  return JSON.stringify(value ?? null);
}

/**
 * The device's actions that it may take, locked: dispatched ones and those it took and did not report within the lease;
 * oldest first.
 */
export async function lockClaimable(tx: Tx, deviceId: string, limit: number): Promise<Remediation[]> {
  return tx.db
    .selectFrom("remediation")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where((where) =>
      where.or([
        where("state", "=", "dispatched"),
        where.and([where("state", "=", "running"), where("claimedUntil", "<=", tx.now)]),
      ]),
    )
    .orderBy("createdAt")
    .orderBy("id")
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .execute();
}

/** Running actions of every organisation that a device took before a time, longest ago first; at most 100. */
export async function selectOverdue(
  db: Transaction<Database>,
  takenBefore: Date,
): Promise<Pick<Remediation, "id" | "orgId">[]> {
  return db
    .selectFrom("remediation")
    .select(["id", "orgId"])
    .where("state", "=", "running")
    .where("startedAt", "<=", takenBefore)
    .orderBy("startedAt")
    .limit(100)
    .execute();
}

export interface RemediationFilter {
  readonly status?: RemediationStatus | undefined;
  readonly approvalStatus?: ApprovalStatus | undefined;
  readonly deviceId?: string | undefined;
  readonly policyId?: string | undefined;
}

const statesOfStatus: Readonly<Record<RemediationStatus, readonly RemediationState[]>> = {
  pending_approval: ["requested"],
  queued: ["approved", "dispatched"],
  in_progress: ["running"],
  completed: ["completed"],
  failed: ["failed"],
  cancelled: ["rejected", "cancelled"],
};

/** Newest first. */
export async function selectRemediations(
  tx: Tx,
  { status, approvalStatus, deviceId, policyId }: RemediationFilter,
  page: Page,
): Promise<Listed<NamedRemediation>> {
  const matching = tx.db
    .selectFrom("remediation")
    .where("remediation.orgId", "=", tx.orgId)
    .$if(status !== undefined, (query) => query.where("state", "in", statesOfStatus[status ?? "queued"]))
    .$if(approvalStatus === "pending", (query) => query.where("state", "=", "requested"))
    .$if(approvalStatus === "rejected", (query) =>
      query.where((where) =>
        where.or([
          where("state", "=", "rejected"),
          where.and([where("state", "=", "cancelled"), where("decidedAt", "is", null)]),
        ]),
      ),
    )
    .$if(approvalStatus === "approved", (query) =>
      query.where((where) =>
        where.or([
          where("state", "in", ["approved", "dispatched", "running", "completed", "failed"]),
          where.and([where("state", "=", "cancelled"), where("decidedAt", "is not", null)]),
        ]),
      ),
    )
    .$if(deviceId !== undefined, (query) => query.where("remediation.deviceId", "=", deviceId ?? ""))
    .$if(policyId !== undefined, (query) => query.where("remediation.policyId", "=", policyId ?? ""));
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching
    .innerJoin("device", "device.id", "remediation.deviceId")
    .innerJoin("policy", "policy.id", "remediation.policyId")
    .selectAll("remediation")
    .select(["hostname as deviceHostname", "onlineUntil", "policy.name as policyName"])
    .orderBy("remediation.createdAt", "desc")
    .orderBy("remediation.id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

/** @throws NotFound, also for another organisation's. */
export async function selectRemediation(tx: Tx, id: string): Promise<NamedRemediation> {
  const row = await tx.db
    .selectFrom("remediation")
    .innerJoin("device", "device.id", "remediation.deviceId")
    .innerJoin("policy", "policy.id", "remediation.policyId")
    .selectAll("remediation")
    .select(["hostname as deviceHostname", "onlineUntil", "policy.name as policyName"])
    .where("remediation.orgId", "=", tx.orgId)
    .where("remediation.id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("remediation action");
  return row;
}

/** Takes a job out of the outbox. False when it is not there any more: the relay has handed it over. */
export async function takeFromOutbox(tx: Tx, jobId: string): Promise<boolean> {
  const row = await tx.db
    .deleteFrom("outbox")
    .where("orgId", "=", tx.orgId)
    .where("id", "=", jobId)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}
