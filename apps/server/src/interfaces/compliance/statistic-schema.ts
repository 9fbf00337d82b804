import { RiskLevel } from "@holdfast/contracts/own-api";
import { Severity } from "@holdfast/contracts/severity";
import { type Static, Type } from "typebox";
import type { Services } from "../../context.ts";
import { riskOf } from "../../features/results/risk.ts";
import type { Stats } from "../../features/statistics/get-stats.ts";
import type { TrendPoint } from "../../features/statistics/get-trend.ts";
import type { FailingCheck } from "../../features/statistics/list-top-failing.ts";
import type { NonCompliantAgent } from "../../features/statistics/queries.ts";
import { presentScoreValue, Score, TargetOs, targetOsOf, Uuid } from "./vocabulary.ts";

const Count = Type.Integer();

export const ComplianceStats = Type.Object({
  total_agents: Count,
  compliant_agents: Count,
  non_compliant_agents: Count,
  unscanned_agents: Count,
  average_score: Score,
  risk_distribution: Type.Object({ critical: Count, high: Count, medium: Count, low: Count }),
});

export const TopFailingCheck = Type.Object({
  check_id: Uuid,
  cis_id: Type.String(),
  cis_title: Type.String(),
  category: Type.String(),
  severity: Severity,
  fail_count: Count,
  total_agents: Count,
});

export const NonCompliantAgents = Type.Object({
  agents: Type.Array(
    Type.Object({
      agent_uuid: Uuid,
      hostname: Type.String(),
      os: TargetOs,
      score: Score,
      risk_level: Type.Union([RiskLevel, Type.Null()]),
      failed_checks: Count,
    }),
  ),
  total: Count,
});

export const TrendItem = Type.Object({
  date: Type.String({ format: "date" }),
  average_score: Score,
  agents: Count,
  compliant_agents: Count,
  failed_checks: Count,
});

export function presentStats(stats: Stats): Static<typeof ComplianceStats> {
  const { total, scanned, compliant, average, critical, high, medium, low } = stats;
  return {
    total_agents: total,
    compliant_agents: compliant,
    non_compliant_agents: scanned - compliant,
    unscanned_agents: total - scanned,
    average_score: presentScoreValue(average),
    risk_distribution: { critical, high, medium, low },
  };
}

export function presentFailingCheck(check: FailingCheck, totalAgents: number): Static<typeof TopFailingCheck> {
  return {
    check_id: check.checkId,
    cis_id: check.number,
    cis_title: check.title,
    category: check.category,
    severity: check.severity,
    fail_count: check.failCount,
    total_agents: totalAgents,
  };
}

export function presentNonCompliant(
  services: Services,
  agent: NonCompliantAgent,
): Static<typeof NonCompliantAgents>["agents"][number] {
  return {
    agent_uuid: agent.deviceId,
    hostname: agent.hostname,
    os: targetOsOf(agent.osType),
    score: presentScoreValue(agent.score),
    risk_level: riskOf(services, agent.score, agent.failedCritical),
    failed_checks: agent.failCount,
  };
}

export function presentTrendPoint(point: TrendPoint): Static<typeof TrendItem> {
  return {
    date: point.date,
    average_score: presentScoreValue(point.average),
    agents: point.agents,
    compliant_agents: point.compliant,
    failed_checks: point.failed,
  };
}
