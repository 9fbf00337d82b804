import { benchmarkReference } from "@holdfast/content/resolve-benchmark";
import type { AgentSchedule } from "@holdfast/contracts/agent-protocol";
import { type Ctx, inTransaction } from "../../context.ts";
import { selectDevice } from "../devices/queries.ts";
import { benchmarkFor } from "../policies/benchmark-for.ts";
import { selectScheduledPolicies } from "../policies/queries.ts";

/** What a device scans on its own, also while it cannot reach us. */
export async function agentSchedule(ctx: Ctx, deviceId: string): Promise<AgentSchedule> {
  return inTransaction(ctx, async (tx) => {
    const { platform, osType } = await selectDevice(tx, deviceId);
    const policies = await selectScheduledPolicies(tx, osType);
    return {
      policies: policies.map((policy) => {
        const benchmark = benchmarkFor(tx.services.pack, policy, platform);
        return {
          policyId: policy.id,
          benchmark: benchmark === null ? null : benchmarkReference(benchmark),
          intervalMinutes: policy.intervalMinutes,
        };
      }),
    };
  });
}
