import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { OsTypeFilter } from "./os-type-filter.ts";

export interface DeviceCounts {
  readonly total: number;
  readonly online: number;
}

export async function countDevices(tx: Tx, osType: OsTypeFilter): Promise<DeviceCounts> {
  return tx.db
    .selectFrom("device")
    .select((select) => [
      select.fn.countAll<number>().as("total"),
      sql<number>`count(*) filter (where online_until > ${tx.now})`.as("online"),
    ])
    .where("orgId", "=", tx.orgId)
    .$if(osType !== null, (query) => query.where("osType", "=", osType ?? "linux"))
    .executeTakeFirstOrThrow();
}

/** Sums over the latest results of a policy. */
export async function sumLatest(tx: Tx, policyId: string) {
  const sum = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`;
  return tx.db
    .selectFrom("latestResult")
    .innerJoin("judgement", "judgement.id", "latestResult.judgementId")
    .select((select) => [
      select.fn.countAll<number>().as("scanned"),
      sql<number | null>`avg(score)`.as("score"),
      sum("passCount").as("pass"),
      sum("failCount").as("fail"),
      sum("errorCount").as("error"),
      sum("notApplicableCount").as("notApplicable"),
      sum("manualCount").as("manual"),
      sum("notPortedCount").as("notPorted"),
      sum("failedCritical").as("failedCritical"),
      sql<number>`count(*) filter (where risk_level = 'low')`.as("low"),
      sql<number>`count(*) filter (where risk_level = 'medium')`.as("medium"),
      sql<number>`count(*) filter (where risk_level = 'high')`.as("high"),
      sql<number>`count(*) filter (where risk_level = 'critical')`.as("critical"),
      sql<Date | null>`max(checked_at)`.as("lastCheckedAt"),
    ])
    .where("latestResult.orgId", "=", tx.orgId)
    .where("latestResult.policyId", "=", policyId)
    .executeTakeFirstOrThrow();
}

export interface FailingRecommendation {
  readonly benchmark: string;
  readonly version: string;
  readonly number: string;
  readonly failCount: number;
  readonly deviceId: string;
}

/** How many devices fail each recommendation in their latest result of a policy, with one of them. */
export async function countFailing(tx: Tx, policyId: string): Promise<FailingRecommendation[]> {
  const { rows } = await sql<FailingRecommendation>`
    select benchmark_layout.benchmark, benchmark_layout.version, benchmark_layout.numbers[failing.place] as number,
      failing.fail_count, failing.device_id
    from (
      select judgement.layout_id, status.place, count(*) as fail_count, min(latest_result.device_id::text) as device_id
      from latest_result
      join judgement on judgement.id = latest_result.judgement_id
      cross join lateral unnest(judgement.statuses) with ordinality as status (code, place)
      where latest_result.org_id = ${tx.orgId} and latest_result.policy_id = ${policyId} and status.code = 1
      group by judgement.layout_id, status.place
    ) as failing
    join benchmark_layout on benchmark_layout.id = failing.layout_id`.execute(tx.db);
  return rows;
}
