import type { Finding } from "@holdfast/contracts/finding";
import { countFailed, score } from "@holdfast/contracts/scoring";
import type { Services } from "../../context.ts";
import type { JudgedResult } from "./queries.ts";
import { riskOf } from "./risk.ts";

/** A result with its excepted failures in neither sum, worked out from its findings. */
export function withExceptions(
  services: Services,
  result: JudgedResult,
  findings: readonly { readonly finding: Pick<Finding, "status" | "severity">; readonly exception: object | null }[],
): JudgedResult {
  const exemptedCount = findings.filter(({ exception }) => exception !== null).length;
  if (exemptedCount === result.exemptedCount) return result;
  const scorable = findings.map(({ finding, exception }) => ({
    status: finding.status,
    severity: finding.severity,
    exempted: exception !== null,
  }));
  const value = score(scorable, result.scoring);
  const failedCritical = countFailed(scorable, "critical");
  return {
    ...result,
    exemptedCount,
    failCount: result.failCount + result.exemptedCount - exemptedCount,
    failedCritical,
    failedHigh: countFailed(scorable, "high"),
    failedMedium: countFailed(scorable, "medium"),
    failedLow: countFailed(scorable, "low"),
    score: value,
    riskLevel: riskOf(services, value, failedCritical),
  };
}
