import type { OsType } from "@holdfast/contracts/platform";
import { sql } from "kysely";
import type { Tx } from "../../context.ts";
import type { Page } from "../../http/paging.ts";
import type { DeviceRow } from "../devices/queries.ts";
import type { Policy } from "../policies/policy.ts";
import { canOverlap } from "../results/can-overlap.ts";
import { type LatestOutcome, latestOutcome } from "../results/latest-outcome.ts";

export interface ComplianceFilter {
  readonly policyId?: string | undefined;
  readonly osType?: OsType | undefined;
  /** Whole numbers, compared with the score as it is shown; a result without a score is outside any bound. */
  readonly minScore?: number | undefined;
  readonly maxScore?: number | undefined;
}

/** A device's latest result of a policy, with what is shown beside it. */
export interface ComplianceRow
  extends Omit<LatestOutcome, "failing" | "layoutId" | "judgementId" | "receivedAt">,
    Pick<Policy, "name" | "osType" | "benchmark" | "benchmarkVersion" | "level" | "custom" | "enabled"> {
  readonly hostname: string;
  readonly deviceOs: DeviceRow["osType"];
  readonly onlineUntil: Date | null;
}

export interface ComplianceSummary {
  /** Results that match. */
  readonly total: number;
  /** Devices of which anything was evaluated. */
  readonly devicesAudited: number;
  /** Mean of the results' scores, unrounded; null when none has one. */
  readonly averageScore: number | null;
  /** Devices with an open failure in one of the results. */
  readonly failingDevices: number;
}

const wholeScore = sql<number>`floor(outcome.score + 0.5)`;

function matching(tx: Tx, { policyId, osType, minScore, maxScore }: ComplianceFilter) {
  return (
    tx.db
      .selectFrom(latestOutcome(tx).as("outcome"))
      .$if(policyId !== undefined, (query) => query.where("outcome.policyId", "=", policyId ?? ""))
      // A device is scanned by policies for its own operating system only, and policies are few.
      .$if(osType !== undefined, (query) =>
        query.where("outcome.policyId", "in", (from) =>
          from
            .selectFrom("policy")
            .select("id")
            .where("orgId", "=", tx.orgId)
            .where("osType", "=", osType ?? "linux"),
        ),
      )
      .$if(minScore !== undefined, (query) => query.where(wholeScore, ">=", minScore ?? 0))
      .$if(maxScore !== undefined, (query) => query.where(wholeScore, "<=", maxScore ?? 100))
  );
}

export async function selectComplianceSummary(tx: Tx, filter: ComplianceFilter): Promise<ComplianceSummary> {
  // `offset` keeps a score from being worked out again wherever it is named.
  const results = matching(tx, filter)
    .select(["outcome.deviceId", "outcome.score", "outcome.failCount"])
    .offset(0)
    .as("result");
  const overlap = filter.policyId === undefined && (await canOverlap(tx, "all"));
  // By device first: counting distinct devices would sort them, twice.
  const devices = tx.db
    .selectFrom(results)
    .$if(!overlap, (query) =>
      query.select([
        sql<number>`1`.as("results"),
        sql<number>`(score is not null)::integer`.as("scored"),
        sql<number | null>`score`.as("scores"),
        sql<boolean>`fail_count > 0`.as("fails"),
      ]),
    )
    .$if(overlap, (query) =>
      query
        .select([
          sql<number>`count(*)::integer`.as("results"),
          sql<number>`count(score)::integer`.as("scored"),
          sql<number | null>`sum(score)`.as("scores"),
          sql<boolean>`bool_or(fail_count > 0)`.as("fails"),
        ])
        .groupBy("deviceId"),
    )
    .as("device");
  return tx.db
    .selectFrom(devices)
    .select([
      sql<number>`coalesce(sum(results), 0)`.as("total"),
      sql<number>`count(*) filter (where scored > 0)`.as("devicesAudited"),
      sql<number | null>`sum(scores) / nullif(sum(scored), 0)`.as("averageScore"),
      sql<number>`count(*) filter (where scored > 0 and fails)`.as("failingDevices"),
    ])
    .executeTakeFirstOrThrow();
}

/** By host name. */
export async function selectCompliance(tx: Tx, filter: ComplianceFilter, page: Page): Promise<ComplianceRow[]> {
  return matching(tx, filter)
    .innerJoin("device", "device.id", "outcome.deviceId")
    .innerJoin("policy", "policy.id", "outcome.policyId")
    .select([
      "outcome.deviceId",
      "outcome.policyId",
      "outcome.resultId",
      "outcome.checkedAt",
      "outcome.passCount",
      "outcome.failCount",
      "outcome.exemptedCount",
      "outcome.errorCount",
      "outcome.skippedCount",
      "outcome.failedCritical",
      "outcome.failedHigh",
      "outcome.failedMedium",
      "outcome.failedLow",
      "outcome.score",
      "hostname",
      "device.osType as deviceOs",
      "onlineUntil",
      "policy.name",
      "policy.osType",
      "benchmark",
      "benchmarkVersion",
      "level",
      "custom",
      "enabled",
    ])
    .where("device.orgId", "=", tx.orgId)
    .orderBy("hostname")
    .orderBy("device.id")
    .orderBy("outcome.policyId")
    .offset(page.offset)
    .limit(page.limit)
    .execute();
}
