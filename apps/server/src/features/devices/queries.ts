import type { Platform } from "@holdfast/contracts/platform";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Tx } from "../../context.ts";
import type { Database, DeviceTable } from "../../db/schema.ts";
import { NotFound } from "../../errors.ts";
import type { Listed, Page } from "../../http/paging.ts";

export type DeviceRow = Selectable<DeviceTable>;

export interface DeviceFilter {
  readonly os?: DeviceRow["osType"] | undefined;
  readonly status?: "online" | "offline" | undefined;
  /** Part of the host name, in any case. */
  readonly search?: string | undefined;
}

/** By host name. */
export async function selectDevices(tx: Tx, filter: DeviceFilter, page: Page): Promise<Listed<DeviceRow>> {
  const { os, status, search } = filter;
  const online = sql<boolean>`coalesce(online_until > ${tx.now}, false)`;
  const matching = tx.db
    .selectFrom("device")
    .where("orgId", "=", tx.orgId)
    .$if(os !== undefined, (query) => query.where("osType", "=", os ?? "linux"))
    .$if(status !== undefined, (query) => query.where(online, "=", status === "online"))
    .$if(search !== undefined && search !== "", (query) =>
      query.where(sql<boolean>`position(lower(${search ?? ""}) in lower(hostname)) > 0`),
    );
  const { total } = await matching
    .select((select) => select.fn.countAll<number>().as("total"))
    .executeTakeFirstOrThrow();
  const items = await matching
    .selectAll()
    .orderBy("hostname")
    .orderBy("id")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
  return { items, total };
}

/** @throws NotFound, also for another organisation's. */
export async function selectDevice(tx: Tx, id: string): Promise<DeviceRow> {
  const row = await tx.db
    .selectFrom("device")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("device");
  return row;
}

/** Locked. @throws NotFound, also for another organisation's. */
export async function lockDevice(tx: Tx, id: string): Promise<DeviceRow> {
  const row = await tx.db
    .selectFrom("device")
    .selectAll()
    .where("orgId", "=", tx.orgId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw new NotFound("device");
  return row;
}

/** With its facts, results, work, exceptions and remediations. */
export async function deleteDeviceRow(tx: Tx, id: string): Promise<void> {
  // Results are partitioned, without a foreign key; the rest goes with the row.
  await tx.db.deleteFrom("scanResult").where("orgId", "=", tx.orgId).where("deviceId", "=", id).execute();
  await tx.db.deleteFrom("device").where("orgId", "=", tx.orgId).where("id", "=", id).execute();
}

/** Which of these are devices of the organisation, with their operating systems. */
export async function selectDevicesById(tx: Tx, ids: readonly string[]): Promise<Pick<DeviceRow, "id" | "osType">[]> {
  return tx.db
    .selectFrom("device")
    .select(["id", "osType"])
    .where("orgId", "=", tx.orgId)
    .where("id", "=", sql<string>`any(${ids}::uuid[])`)
    .execute();
}

export async function selectDeviceIdsByOs(tx: Tx, osType: DeviceRow["osType"]): Promise<string[]> {
  const rows = await tx.db
    .selectFrom("device")
    .select("id")
    .where("orgId", "=", tx.orgId)
    .where("osType", "=", osType)
    .execute();
  return rows.map(({ id }) => id);
}

export async function insertDevice(
  tx: Tx,
  device: {
    readonly id: string;
    readonly hostname: string;
    readonly platform: Platform;
    readonly agentVersion: string;
    readonly publicKey: Buffer;
  },
): Promise<void> {
  const { platform, ...rest } = device;
  await tx.db
    .insertInto("device")
    .values({
      ...rest,
      orgId: tx.orgId,
      osType: platform.osType,
      platform: JSON.stringify(platform),
      enrolledAt: tx.now,
    })
    .execute();
}

export type Sender = Pick<DeviceRow, "id" | "orgId" | "hostname" | "publicKey">;

/** The devices that may have signed requests, in whatever organisation: which one is not known yet. In the order of the ids. */
export async function findDevicesForAgents(
  db: Kysely<Database>,
  ids: readonly string[],
): Promise<readonly (Sender | null)[]> {
  const { rows } = await sql<Sender>`
    select id, org_id, hostname, public_key from devices_for_agents(${ids}::uuid[])`.execute(db);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** The organisation that an enrolment token, with a use taken off it, enrols into; null when it is used up, over or unknown. */
export async function spendEnrolmentToken(
  db: Transaction<Database>,
  tokenHash: Buffer,
  now: Date,
): Promise<string | null> {
  const row = await db
    .updateTable("enrolmentToken")
    .set((set) => ({ usesLeft: set("usesLeft", "-", 1) }))
    .where("tokenHash", "=", tokenHash)
    .where("usesLeft", ">", 0)
    .where("expiresAt", ">", now)
    .returning("orgId")
    .executeTakeFirst();
  return row?.orgId ?? null;
}

/** Keeps devices of any organisation online until a time, and says they were seen now. @returns those that are there. */
export async function extendPresence(
  db: Transaction<Database>,
  deviceIds: readonly string[],
  now: Date,
  until: Date,
): Promise<string[]> {
  const rows = await db
    .updateTable("device")
    .set({ onlineUntil: until, lastSeenAt: now })
    .where("id", "=", sql<string>`any(${deviceIds}::uuid[])`)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

export async function setPresence(tx: Tx, deviceId: string, onlineUntil: Date): Promise<void> {
  await tx.db
    .updateTable("device")
    .set({ onlineUntil, lastSeenAt: tx.now })
    .where("orgId", "=", tx.orgId)
    .where("id", "=", deviceId)
    .execute();
}
