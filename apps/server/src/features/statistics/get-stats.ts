import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type AgentSums, countAgents, sumAgents } from "./queries.ts";

export interface Stats extends AgentSums {
  /** Of the organisation, or of the policy's operating system. */
  readonly total: number;
}

/**
 * Where an organisation's agents stand by one policy, or by all enabled ones.
 *
 * @throws Forbidden, NotFound
 */
export async function getStats(ctx: Ctx, policyId?: string): Promise<Stats> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    const policy = policyId === undefined ? null : await selectPolicy(tx, policyId);
    const total = await countAgents(tx, policy?.osType ?? null);
    return { ...(await sumAgents(tx, policy?.id ?? null)), total };
  });
}
