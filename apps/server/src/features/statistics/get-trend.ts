import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { findFirstScanDay, selectOutcomeDays, sumAgents } from "./queries.ts";
import { policiesInScope } from "./scope.ts";
import { Standing } from "./standing.ts";

export interface TrendPoint {
  /** ISO date, UTC. */
  readonly date: string;
  /** Mean of the last known scores; null without any. */
  readonly average: number | null;
  readonly agents: number;
  readonly compliant: number;
  readonly failed: number;
}

const dayMs = 86_400_000;

/**
 * One point per UTC day from the first scan of the last `days` days to today, each of the last known result of every
 * device at that day's end, by one policy or all enabled ones. Days that are over show results as they were judged;
 * today's point has the exceptions now in force, as the statistics have.
 *
 * @throws Forbidden, NotFound
 */
export async function getTrend(ctx: Ctx, policyId: string | undefined, days: number): Promise<TrendPoint[]> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const policies = await policiesInScope(tx, policyId);
    const ids = policies.map(({ id }) => id);
    const today = isoDay(tx.now.getTime());
    const first = await findFirstScanDay(tx, ids, isoDay(tx.now.getTime() - (days - 1) * dayMs), today);
    if (first === null) return [];
    const standing = new Standing(new Map(policies.map(({ id, threshold }) => [id, threshold])));
    const changes = await selectOutcomeDays(tx, ids, first);
    const points: TrendPoint[] = [];
    let next = 0;
    for (let date = first; date <= today; date = isoDay(Date.parse(date) + dayMs)) {
      for (let row = changes[next]; row !== undefined && row.day <= date; row = changes[next]) {
        standing.apply(row);
        next += 1;
      }
      if (standing.agents > 0) points.push({ date, ...standing.sums() });
    }
    const { scanned: agents, compliant, average, failed } = await sumAgents(tx, policyId ?? null);
    if (points.length > 0) points[points.length - 1] = { date: today, average, agents, compliant, failed };
    return points;
  });
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
