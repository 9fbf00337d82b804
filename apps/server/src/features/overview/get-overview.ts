import type { Pack } from "@holdfast/content/pack";
import type { Overview } from "@holdfast/contracts/own-api";
import { roundScore } from "@holdfast/contracts/scoring";
import { severities } from "@holdfast/contracts/severity";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { NotFound } from "../../errors.ts";
import { findPackCheck } from "../checks/pack-checks.ts";
import { selectPolicies } from "../policies/queries.ts";
import { riskOf } from "../results/risk.ts";
import { countFailing, type Failing } from "../statistics/count-failing.ts";
import { countDevices, sumLatest } from "./queries.ts";

const worstShown = 10;

/**
 * Where the organisation stands by one policy, or by its first.
 *
 * @throws Forbidden, or NotFound for a policy it does not have.
 */
export async function getOverview(ctx: Ctx, wanted?: string): Promise<Overview> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const { items } = await selectPolicies(tx, {}, { offset: 0, limit: 500 });
    const policies = items.map(({ id, name }) => ({ id, name }));
    const policy = wanted === undefined ? items[0] : items.find(({ id }) => id === wanted);
    if (wanted !== undefined && policy === undefined) throw new NotFound("policy");
    const devices = await countDevices(tx, policy?.osType ?? null);
    if (policy === undefined) return { ...nothing, policies, devices: { ...devices, scanned: 0 } };
    const sums = await sumLatest(tx, policy.id);
    const { pass, fail, error, notApplicable, manual, notPorted, low, medium, high, critical } = sums;
    return {
      policies,
      policyId: policy.id,
      devices: { ...devices, scanned: sums.scanned },
      score: sums.score === null ? null : roundScore(sums.score, 1),
      riskLevel: riskOf(tx.services, sums.score, sums.failedCritical),
      riskDistribution: { low, medium, high, critical },
      counts: { pass, fail, error, not_applicable: notApplicable, manual, not_ported: notPorted },
      worst: worstOf(tx.services.pack, await countFailing(tx, policy.id)),
      lastCheckedAt: sums.lastCheckedAt?.toISOString() ?? null,
    };
  });
}

const nothing = {
  policyId: null,
  score: null,
  riskLevel: null,
  riskDistribution: { low: 0, medium: 0, high: 0, critical: 0 },
  counts: { pass: 0, fail: 0, error: 0, not_applicable: 0, manual: 0, not_ported: 0 },
  worst: [],
  lastCheckedAt: null,
} as const satisfies Partial<Overview>;

/** Most severe first, then most failing devices. */
function worstOf(pack: Pack, failing: readonly Failing[]): Overview["worst"] {
  return failing
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || b.devices - a.devices)
    .slice(0, worstShown)
    .map(({ benchmark, number, severity, devices: failCount, deviceId }) => {
      const { title = `Recommendation ${number}`, category = "" } = findPackCheck(pack, benchmark, number) ?? {};
      return { checkId: number, title, severity, category, failCount, deviceId };
    });
}
