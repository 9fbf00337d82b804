import { type Selectable, sql, type Transaction } from "kysely";
import type { Tx } from "../../context.ts";
import type { Database, WorkItemTable } from "../../db/schema.ts";

export type WorkItemRow = Selectable<WorkItemTable>;

/** A claim that is given up this often is not offered again. */
export const maxAttempts = 5;

/**
 * Opens a work item per device, unless one of this policy is open: never more than one of a kind.
 *
 * @returns the open items of these devices, new or not.
 */
export async function openWorkItems(
  tx: Tx,
  policyId: string,
  deviceIds: readonly string[],
): Promise<Pick<WorkItemRow, "id" | "deviceId">[]> {
  await sql`
    insert into work_item (org_id, device_id, policy_id, created_at, available_at)
    select ${tx.orgId}, device_id, ${policyId}, ${tx.now}, ${tx.now} from unnest(${deviceIds}::uuid[]) as device_id
    on conflict (device_id, policy_id) do nothing`.execute(tx.db);
  return tx.db
    .selectFrom("workItem")
    .select(["id", "deviceId"])
    .where("orgId", "=", tx.orgId)
    .where("policyId", "=", policyId)
    .where("deviceId", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .execute();
}

export interface DuePolicy {
  readonly id: string;
  readonly orgId: string;
  readonly osType: string;
  readonly intervalMinutes: number;
}

/** Policies of every organisation whose scheduled scan is due, locked, but not against uploads; at most 100. */
export async function lockDuePolicies(db: Transaction<Database>, now: Date): Promise<DuePolicy[]> {
  return db
    .selectFrom("policy")
    .select(["id", "orgId", "osType", "intervalMinutes"])
    .where("enabled", "=", true)
    .where("scheduleEnabled", "=", true)
    .where("nextScanAt", "<=", now)
    .orderBy("nextScanAt")
    .limit(100)
    .forNoKeyUpdate()
    .skipLocked()
    .execute();
}

/**
 * Opens a scheduled work item for each of a policy's devices that has none, spread over `spreadSeconds`, and moves the
 * policy's next scan one interval on; what was missed while nothing ran is not made up for.
 *
 * @returns how many it opened.
 */
export async function openScheduledItems(
  db: Transaction<Database>,
  { id, orgId, osType, intervalMinutes }: DuePolicy,
  now: Date,
): Promise<number> {
  const interval = `${intervalMinutes} minutes`;
  // Twenty devices a second, but never over more than a tenth of the interval.
  const opened = await sql`
    insert into work_item (org_id, device_id, policy_id, created_at, available_at)
    select org_id, id, ${id}, ${now},
      ${now}::timestamptz + random() * least(count(*) over () * interval '50 milliseconds', ${interval}::interval / 10)
    from device where org_id = ${orgId} and os_type = ${osType}
    on conflict (device_id, policy_id) do nothing`.execute(db);
  await sql`
    update policy set next_scan_at = case
      when next_scan_at + ${interval}::interval > ${now} then next_scan_at + ${interval}::interval
      else ${now}::timestamptz + ${interval}::interval end
    where id = ${id}`.execute(db);
  return Number(opened.numAffectedRows ?? 0);
}

/** The devices among these that have an item to claim which became available in a span of time. */
export async function selectDevicesWithWork(
  db: Transaction<Database>,
  deviceIds: readonly string[],
  after: Date,
  until: Date,
): Promise<string[]> {
  const rows = await db
    .selectFrom("workItem")
    .select("deviceId")
    .distinct()
    .where("deviceId", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .where("availableAt", ">", after)
    .where("availableAt", "<=", until)
    .where("claimedUntil", "is", null)
    .execute();
  return rows.map(({ deviceId }) => deviceId);
}

/** Leases the device's available items until a time, oldest first. */
export async function leaseWorkItems(tx: Tx, deviceId: string, until: Date, limit: number): Promise<WorkItemRow[]> {
  return tx.db
    .updateTable("workItem")
    .set((set) => ({ claimedUntil: until, attempts: set("attempts", "+", 1) }))
    .where("id", "in", (from) =>
      from
        .selectFrom("workItem")
        .select("id")
        .where("orgId", "=", tx.orgId)
        .where("deviceId", "=", deviceId)
        .where("availableAt", "<=", tx.now)
        .where((where) => where.or([where("claimedUntil", "is", null), where("claimedUntil", "<=", tx.now)]))
        .orderBy("createdAt")
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

/** Offers the device's items again, whoever had claimed them. */
export async function releaseClaims(tx: Tx, deviceId: string): Promise<void> {
  await tx.db
    .updateTable("workItem")
    .set({ claimedUntil: null })
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("claimedUntil", "is not", null)
    .execute();
}

/** The device's item; null when it is done or never was. */
export async function findWorkItem(tx: Tx, deviceId: string, id: string): Promise<WorkItemRow | null> {
  const row = await tx.db
    .selectFrom("workItem")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", deviceId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row ?? null;
}

export async function deleteWorkItem(tx: Tx, id: string): Promise<void> {
  await tx.db.deleteFrom("workItem").where("orgId", "=", tx.orgId).where("id", "=", id).execute();
}

/** One open item of each of these devices: a claimed one first, else the oldest. */
export async function selectOpenItems(tx: Tx, deviceIds: readonly string[]): Promise<WorkItemRow[]> {
  return tx.db
    .selectFrom("workItem")
    .selectAll()
    .distinctOn("deviceId")
    .where("orgId", "=", tx.orgId)
    .where("deviceId", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .where("availableAt", "<=", tx.now)
    .orderBy("deviceId")
    .orderBy(sql`coalesce(claimed_until > ${tx.now}, false)`, "desc")
    .orderBy("createdAt")
    .execute();
}
