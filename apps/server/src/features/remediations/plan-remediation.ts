import type { Check } from "@holdfast/content/pack";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import type { Plan } from "@holdfast/contracts/plan";
import { renderPlan } from "@holdfast/engine/diff";
import { type NoPlan, planCheck, planHash } from "@holdfast/engine/plan";
import type { Tx } from "../../context.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { valuesOf } from "../policies/site-values.ts";
import { type JudgedResult, selectFacts, selectLatestResults } from "../results/queries.ts";

/** What an approver is shown and approves. */
export interface StoredPlan {
  readonly plan: string;
  readonly planHash: string;
  readonly diff: string;
  readonly risk: string;
}

/** Plans checks of a device from what its agent last observed. */
export interface Planner {
  /** The check behind a recommendation's number; null when today's content has it no more. */
  checkOf(benchmark: string, number: string): Check | null;
  plan(check: Check): Plan | NoPlan;
}

/** The newest result of a policy on a device decides what is there now, whichever result was asked about. */
export async function plannerFor(tx: Tx, deviceId: string, policyId: string): Promise<Planner> {
  const { pack } = tx.services;
  const [newest] = await selectLatestResults(tx, { deviceIds: [deviceId], policyId });
  const factSetId = await observedBy(tx, deviceId, newest);
  const parameters = valuesOf(await selectPolicy(tx, policyId));
  const facts = factSetId === null ? null : await selectFacts(tx, factSetId);
  return {
    checkOf(benchmark, number) {
      const found = findBenchmark(pack, benchmark)?.recommendations.find((item) => item.number === number);
      return found === undefined ? null : (pack.checks.get(found.check) ?? null);
    },
    plan(check) {
      if (facts === null)
        return { none: `Its agent has not read this device yet. By hand: ${check.remediation.trim()}` };
      return planCheck(check, { facts, conditions: pack.conditions, parameters });
    },
  };
}

/** Another scanner's result holds no facts of ours; then the agent's last upload counts. */
async function observedBy(tx: Tx, deviceId: string, newest: JudgedResult | undefined): Promise<number | null> {
  return newest?.factSetId ?? (await selectDevice(tx, deviceId)).factSetId;
}

export function storedPlan(plan: Plan): StoredPlan {
  return { plan: JSON.stringify(plan), planHash: planHash(plan), diff: renderPlan(plan), risk: plan.risk };
}
