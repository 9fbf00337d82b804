import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Policy } from "./policy.ts";
import { selectPolicy } from "./queries.ts";

/** @throws Forbidden, NotFound */
export async function getPolicy(ctx: Ctx, id: string): Promise<Policy> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, (tx) => selectPolicy(tx, id));
}
