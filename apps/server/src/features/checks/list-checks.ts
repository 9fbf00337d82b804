import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { checksServing } from "./checks-serving.ts";
import { type CheckFilter, type OrganisationCheck, selectChecks } from "./queries.ts";

/**
 * A page of the organisation's seeded checks.
 *
 * @param filter its `control` is written as "nist:AC-17".
 * @throws Forbidden, Invalid
 */
export async function listChecks(
  ctx: Ctx,
  { control, ...filter }: CheckFilter & { readonly control?: string | undefined },
  page: Page,
): Promise<Listed<OrganisationCheck>> {
  requirePermission(ctx, "devices:read");
  const ids = control === undefined ? undefined : checksServing(ctx.services.pack, ctx.orgId, control);
  return inTransaction(ctx, (tx) => selectChecks(tx, { ...filter, ids }, page));
}
