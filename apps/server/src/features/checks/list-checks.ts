import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { type CheckFilter, type OrganisationCheck, selectChecks } from "./queries.ts";

/** A page of the organisation's seeded checks. @throws Forbidden */
export async function listChecks(ctx: Ctx, filter: CheckFilter, page: Page): Promise<Listed<OrganisationCheck>> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, (tx) => selectChecks(tx, filter, page));
}
