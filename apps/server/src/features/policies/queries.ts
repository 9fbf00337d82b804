import type { Insertable, Updateable } from "kysely";
import type { Tx } from "../../context.ts";
import type { PolicyTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";
import type { Policy } from "./policy.ts";

export interface PolicyFilter {
  readonly enabled?: boolean | undefined;
  readonly osType?: Policy["osType"] | undefined;
}

/** Oldest first. */
export async function selectPolicies(tx: Tx, filter: PolicyFilter, page: Page): Promise<Listed<Policy>> {
  const { enabled, osType } = filter;
  const matching = tx.db
    .selectFrom("policy")
    .where("orgId", "=", tx.orgId)
    .$if(enabled !== undefined, (query) => query.where("enabled", "=", enabled === true))
    .$if(osType !== undefined, (query) => query.where("osType", "=", osType ?? "linux"));
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching
    .selectAll()
    .orderBy("createdAt")
    .orderBy("id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

/** @throws NotFound, also for another organisation's. */
export async function selectPolicy(tx: Tx, id: string): Promise<Policy> {
  const row = await tx.db
    .selectFrom("policy")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("policy");
  return row;
}

/** As it is, kept from being deleted to the transaction's end. @throws NotFound, also for another organisation's. */
export async function lockPolicyKey(tx: Tx, id: string): Promise<Policy> {
  const row = await tx.db
    .selectFrom("policy")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forKeyShare()
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("policy");
  return row;
}

/**
 * Locked to the transaction's end; not against rows that refer to it, so that uploads go on.
 *
 * @throws NotFound, also for another organisation's.
 */
export async function lockPolicy(tx: Tx, id: string): Promise<Policy> {
  const row = await tx.db
    .selectFrom("policy")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("policy");
  return row;
}

export async function insertPolicy(tx: Tx, policy: Insertable<PolicyTable>): Promise<Policy> {
  return tx.db.insertInto("policy").values(policy).returningAll().executeTakeFirstOrThrow();
}

export async function updatePolicyRow(tx: Tx, id: string, change: Updateable<PolicyTable>): Promise<Policy> {
  return tx.db
    .updateTable("policy")
    .set(change)
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The enabled policies with a schedule for an operating system, oldest first. */
export async function selectScheduledPolicies(tx: Tx, osType: Policy["osType"]): Promise<Policy[]> {
  return tx.db
    .selectFrom("policy")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("osType", "=", osType)
    .where("enabled", "=", true)
    .where("scheduleEnabled", "=", true)
    .orderBy("createdAt")
    .execute();
}

/** Counts a change that can alter verdicts of every policy of an operating system. @returns the policies, by id. */
export async function bumpRevisions(tx: Tx, osType: Policy["osType"]): Promise<Policy[]> {
  // In one order everywhere, so that two of these wait for each other instead of deadlocking.
  await tx.db
    .selectFrom("policy")
    .select("id")
    .where("orgId", "=", tx.orgId)
    .where("osType", "=", osType)
    .orderBy("id")
    .forNoKeyUpdate()
    .execute();
  return tx.db
    .updateTable("policy")
    .set((set) => ({ revision: set("revision", "+", 1) }))
    .where("orgId", "=", tx.orgId)
    .where("osType", "=", osType)
    .returningAll()
    .execute();
}

export async function deletePolicyRow(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom("policy").where("orgId", "=", tx.orgId).where("id", "=", id).execute();
}

/** Its open work and what is kept of its latest results: they are of devices it is no longer for. */
export async function deletePolicyWork(tx: Tx, policyId: string): Promise<void> {
  for (const table of ["workItem", "latestResult", "resultDay", "scanDay"] as const) {
    await tx.db.deleteFrom(table).where("orgId", "=", tx.orgId).where("policyId", "=", policyId).execute();
  }
}

/** The scans of a policy that is gone; no foreign key takes them along. */
export async function deleteScansOfPolicy(tx: Tx, policyId: string): Promise<void> {
  await tx.db.deleteFrom("scanResult").where("orgId", "=", tx.orgId).where("policyId", "=", policyId).execute();
}

export async function selectEnabledPolicies(tx: Tx): Promise<Policy[]> {
  return tx.db.selectFrom("policy").selectAll().where("orgId", "=", tx.orgId).where("enabled", "=", true).execute();
}
