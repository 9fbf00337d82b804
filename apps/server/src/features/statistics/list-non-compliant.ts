import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Page } from "../../http/paging.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type NonCompliantAgent, selectNonCompliant } from "./queries.ts";

/**
 * Agents with a latest score below the threshold of one policy, or of any enabled one; lowest score first.
 *
 * @throws Forbidden, NotFound
 */
export async function listNonCompliant(
  ctx: Ctx,
  policyId: string | undefined,
  page: Page,
): Promise<{ readonly agents: NonCompliantAgent[]; readonly total: number }> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    if (policyId !== undefined) await selectPolicy(tx, policyId);
    return selectNonCompliant(tx, policyId ?? null, page);
  });
}
