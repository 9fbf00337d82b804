import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import { latestOutcome } from "../results/latest-outcome.ts";
import { riskRank } from "../results/risk.ts";
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

/** Sums over the latest results of a policy, with the exceptions in force. */
export async function sumLatest(tx: Tx, policyId: string) {
  const risk = riskRank(tx.services, sql`outcome.score`, sql`outcome.failed_critical`);
  const sum = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`;
  return tx.db
    .selectFrom(latestOutcome(tx).as("outcome"))
    .innerJoin("judgement", "judgement.id", "outcome.judgementId")
    .select((select) => [
      select.fn.countAll<number>().as("scanned"),
      sql<number | null>`avg(outcome.score)`.as("score"),
      sum("outcome.passCount").as("pass"),
      sum("outcome.failCount").as("fail"),
      sum("outcome.errorCount").as("error"),
      sum("judgement.notApplicableCount").as("notApplicable"),
      sum("judgement.manualCount").as("manual"),
      sum("judgement.notPortedCount").as("notPorted"),
      sum("outcome.failedCritical").as("failedCritical"),
      sql<number>`count(*) filter (where ${risk} = 1)`.as("low"),
      sql<number>`count(*) filter (where ${risk} = 2)`.as("medium"),
      sql<number>`count(*) filter (where ${risk} = 3)`.as("high"),
      sql<number>`count(*) filter (where ${risk} = 4)`.as("critical"),
      sql<Date | null>`max(outcome.checked_at)`.as("lastCheckedAt"),
    ])
    .where("outcome.policyId", "=", policyId)
    .executeTakeFirstOrThrow();
}
