import { benchmarkReference } from "@holdfast/content/resolve-benchmark";
import type { WorkItem } from "@holdfast/contracts/agent-protocol";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { publish } from "../../live-events.ts";
import { selectDevice } from "../devices/queries.ts";
import { benchmarkFor } from "../policies/benchmark-for.ts";
import { benchmarkWord, levelWord } from "../policies/policy-words.ts";
import { selectPolicy } from "../policies/queries.ts";
import { claimRemediations } from "../remediations/claim-remediations.ts";
import { deleteWorkItem, leaseWorkItems, maxAttempts, type WorkItemRow } from "./queries.ts";

/** A lease: 5 minutes, then the item is offered again. */
export const leaseMs = 300_000;
const maxItems = 10;

/** Leases what there is to do to the device, at most 10 items: remediations before scans, each oldest first. */
export async function claimWork(ctx: Ctx, deviceId: string): Promise<WorkItem[]> {
  return inTransaction(ctx, async (tx) => {
    const until = new Date(tx.now.getTime() + leaseMs);
    const orders: WorkItem[] = await claimRemediations(tx, deviceId, { until, limit: maxItems });
    if (orders.length === maxItems) return orders;
    const leased = await leaseWorkItems(tx, deviceId, until, maxItems - orders.length);
    leased.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
    if (leased.length === 0) return orders;
    const { platform } = await selectDevice(tx, deviceId);
    for (const item of leased) {
      if (item.attempts > maxAttempts) {
        await giveUp(tx, item);
        continue;
      }
      const policy = await selectPolicy(tx, item.policyId);
      const benchmark = benchmarkFor(tx.services.pack, policy, platform);
      orders.push({
        id: item.id,
        type: "scan",
        policyId: item.policyId,
        benchmark: benchmark === null ? null : benchmarkReference(benchmark),
        benchmarkVersion: benchmarkWord(policy),
        level: levelWord(policy),
        customExclusions: policy.exclusions,
      });
      await publish(tx, { type: "scan", deviceId, workItemId: item.id, state: "running", done: 0, total: 0 });
    }
    return orders;
  });
}

async function giveUp(tx: Tx, { id, deviceId }: WorkItemRow): Promise<void> {
  await deleteWorkItem(tx, id);
  const message = `The agent took this scan ${maxAttempts} times and never finished it.`;
  await publish(tx, { type: "scan", deviceId, workItemId: id, state: "failed", done: 0, total: 0, message });
}
