import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import type { Policy } from "./policy.ts";
import { type PolicyFilter, selectPolicies } from "./queries.ts";

/** A page of the organisation's policies, oldest first. @throws Forbidden */
export async function listPolicies(ctx: Ctx, filter: PolicyFilter, page: Page): Promise<Listed<Policy>> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, (tx) => selectPolicies(tx, filter, page));
}
