import type { OsType } from "@holdfast/contracts/platform";
import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { Page } from "../../http/paging.ts";
import { canOverlap } from "../results/can-overlap.ts";
import { riskRank } from "../results/risk.ts";

/** The policy that figures are of; null: every enabled one. */
export type PolicyScope = string | null;

/** The latest results in a scope, with their policy's threshold. */
function scoped(tx: Tx, policyId: PolicyScope) {
  return sql`latest_outcome(${tx.orgId}, ${tx.now}) as outcome
    join policy on policy.id = outcome.policy_id and policy.org_id = ${tx.orgId}
      and ${policyId === null ? sql`policy.enabled` : sql`policy.id = ${policyId}`}`;
}

const isCompliant = sql`coalesce(outcome.score >= policy.threshold, false)`;

export interface AgentSums {
  readonly scanned: number;
  readonly compliant: number;
  /** Mean of all latest scores; null without any. */
  readonly average: number | null;
  readonly failed: number;
  readonly low: number;
  readonly medium: number;
  readonly high: number;
  readonly critical: number;
}

/** Sums over agents that have a result. An agent is compliant when all its results are; its risk is the worst of them. */
export async function sumAgents(tx: Tx, policyId: PolicyScope): Promise<AgentSums> {
  const risk = riskRank(tx.services, sql`score`, sql`failed_critical`);
  // `offset 0` keeps a score from being worked out again wherever it is named.
  const results = sql`(
    select outcome.device_id, outcome.score, outcome.fail_count, outcome.failed_critical, ${isCompliant} as compliant
    from ${scoped(tx, policyId)} offset 0
  ) as outcome`;
  const overlap = policyId === null && (await canOverlap(tx, "enabled"));
  const agents = overlap
    ? sql`select bool_and(compliant) as compliant, sum(score) as score_sum, count(score)::integer as scored,
        sum(fail_count)::integer as failed, max(${risk}) as risk from ${results} group by device_id`
    : sql`select compliant, score as score_sum, (score is not null)::integer as scored, fail_count as failed,
        ${risk} as risk from ${results}`;
  const { rows } = await sql<AgentSums>`
    select count(*) as scanned, count(*) filter (where compliant) as compliant,
      sum(score_sum) / nullif(sum(scored), 0) as average, coalesce(sum(failed), 0) as failed,
      count(*) filter (where risk = 1) as low, count(*) filter (where risk = 2) as medium,
      count(*) filter (where risk = 3) as high, count(*) filter (where risk = 4) as critical
    from (${agents}) as agent`.execute(tx.db);
  const [sums] = rows;
  if (sums === undefined) throw new Error("an aggregate has one row");
  return sums;
}

/** All of the organisation, or those of an operating system. */
export async function countAgents(tx: Tx, osType: OsType | null): Promise<number> {
  const { total } = await tx.db
    .selectFrom("device")
    .select((select) => select.fn.countAll<number>().as("total"))
    .where("orgId", "=", tx.orgId)
    .$if(osType !== null, (query) => query.where("osType", "=", osType ?? "linux"))
    .executeTakeFirstOrThrow();
  return total;
}

export interface NonCompliantAgent {
  readonly deviceId: string;
  readonly hostname: string;
  readonly osType: OsType;
  /** Of the result that is furthest below its policy's demands: the lowest score. */
  readonly score: number | null;
  readonly failedCritical: number;
  readonly failCount: number;
}

/** Lowest score first; those without a score last. */
export async function selectNonCompliant(
  tx: Tx,
  policyId: PolicyScope,
  { offset, limit }: Page,
): Promise<{ readonly agents: NonCompliantAgent[]; readonly total: number }> {
  const worst = sql`
    select distinct on (outcome.device_id) outcome.device_id, outcome.score, outcome.failed_critical, outcome.fail_count
    from ${scoped(tx, policyId)} where not ${isCompliant}
    order by outcome.device_id, outcome.score nulls last, outcome.fail_count desc`;
  const { rows } = await sql<NonCompliantAgent & { readonly total: number }>`
    select worst.*, device.hostname, device.os_type, count(*) over () as total
    from (${worst}) as worst join device on device.id = worst.device_id
    order by worst.score nulls last, device.hostname, device.id offset ${offset} limit ${limit}`.execute(tx.db);
  const [first] = rows;
  if (first !== undefined) return { agents: rows.map(({ total: _, ...agent }) => agent), total: first.total };
  if (offset === 0) return { agents: [], total: 0 };
  const { rows: counted } = await sql<{ total: number }>`select count(*) as total from (${worst}) as worst`.execute(
    tx.db,
  );
  return { agents: [], total: counted[0]?.total ?? 0 };
}

/** What devices fail by one layout: groups of devices that fail the same. */
export interface LayoutFailures {
  readonly layoutId: number;
  /** For each group the number of places, 4 bytes, and a bit per place from the highest down, to whole bytes. */
  readonly failing: Buffer;
  /** For each group how many devices it has, 4 bytes. */
  readonly devices: Buffer;
  /** For each group one of its devices, 16 bytes. */
  readonly deviceIds: Buffer;
}

/**
 * Devices with an open failure, those together that fail the same, as many in a fleet do. One row per layout. A device may
 * be in several rows only where policies can overlap: of several, what any of them says, and then every device is a group.
 */
export async function selectFailures(tx: Tx, policyId: PolicyScope): Promise<LayoutFailures[]> {
  const results = sql`${scoped(tx, policyId)} where outcome.fail_count > 0 and outcome.layout_id is not null`;
  const overlap = policyId === null && (await canOverlap(tx, "enabled"));
  const groups = overlap
    ? sql`select outcome.layout_id, varbit_send(bit_or(outcome.failing)) as failing, 1 as devices, outcome.device_id
        from ${results} group by outcome.device_id, outcome.layout_id`
    : sql`select outcome.layout_id, varbit_send(outcome.failing) as failing, count(*)::integer as devices,
        min(outcome.device_id::text)::uuid as device_id
        from ${results} group by outcome.layout_id, varbit_send(outcome.failing)`;
  // As they go over the wire in binary: a tenth of what they are as text.
  const { rows } = await sql<LayoutFailures>`
    select layout_id, string_agg(failing, '') as failing, string_agg(int4send(devices), '') as devices,
      string_agg(uuid_send(device_id), '') as device_ids
    from (${groups}) as alike group by layout_id`.execute(tx.db);
  return rows;
}

export interface OutcomeDay {
  readonly deviceId: string;
  readonly policyId: string;
  /** ISO date. */
  readonly day: string;
  readonly score: number | null;
  readonly failCount: number;
}

/** What each device's outcomes were on a day, and how they changed after it; in the order of days. */
export async function selectOutcomeDays(tx: Tx, policyIds: readonly string[], from: string): Promise<OutcomeDay[]> {
  // Many rows: named as wanted by the query, rather than row by row here.
  const columns = sql`device_id as "deviceId", policy_id as "policyId", day::text as "day", score, fail_count as "failCount"`;
  const ofPolicies = sql`org_id = ${tx.orgId} and policy_id = any(${policyIds}::uuid[])`;
  const { rows } = await sql<OutcomeDay>`
    (select distinct on (device_id, policy_id) ${columns} from result_day
      where ${ofPolicies} and day <= ${from}::date order by device_id, policy_id, result_day.day desc)
    union all
    (select ${columns} from result_day where ${ofPolicies} and day > ${from}::date order by result_day.day)`.execute(
    tx.db.withoutPlugins(),
  );
  return rows;
}

/** The first day from `from` to `until` on which one of the policies was scanned; null when none was. */
export async function findFirstScanDay(
  tx: Tx,
  policyIds: readonly string[],
  from: string,
  until: string,
): Promise<string | null> {
  const { rows } = await sql<{ day: string | null }>`
    select min(day)::text as day from scan_day
    where org_id = ${tx.orgId} and policy_id = any(${policyIds}::uuid[]) and day between ${from}::date and ${until}::date`.execute(
    tx.db,
  );
  return rows[0]?.day ?? null;
}
