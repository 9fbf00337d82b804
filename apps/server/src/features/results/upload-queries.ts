import type { Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { DeviceRow } from "../devices/queries.ts";
import type { Judgement } from "./queries.ts";

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
