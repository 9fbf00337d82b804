import { defaultRiskThresholds, type RiskLevel, type RiskThresholds, riskLevel } from "@holdfast/contracts/scoring";
import { type RawBuilder, sql } from "kysely";
import type { Services } from "../../context.ts";

/** The lowest score of each risk level, as configured. */
export function thresholdsOf({ riskThresholds }: Pick<Services, "riskThresholds">): RiskThresholds {
  return riskThresholds ?? defaultRiskThresholds;
}

/** Risk by today's thresholds, whichever held when the result was judged. */
export function riskOf(
  services: Pick<Services, "riskThresholds">,
  score: number | null,
  openCritical: number,
): RiskLevel | null {
  return riskLevel(score, openCritical, thresholdsOf(services));
}

/** riskLevel in SQL, as a number: 1 low, 2 medium, 3 high, 4 critical; null without a score. */
export function riskRank(
  services: Pick<Services, "riskThresholds">,
  score: RawBuilder<unknown>,
  openCritical: RawBuilder<unknown>,
): RawBuilder<number | null> {
  const { low, medium, high } = thresholdsOf(services);
  return sql<number | null>`case when ${score} is null then null when ${score} < ${high} then 4
    when ${score} < ${medium} or ${openCritical} > 0 then 3 when ${score} < ${low} then 2 else 1 end`;
}
