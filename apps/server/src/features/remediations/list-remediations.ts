import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { type RemediationFilter, selectRemediations } from "./queries.ts";
import type { NamedRemediation } from "./remediation.ts";

/** A page of the organisation's actions, newest first. @throws Forbidden, or NotFound for a device or policy it does not have. */
export async function listRemediations(
  ctx: Ctx,
  filter: RemediationFilter,
  page: Page,
): Promise<Listed<NamedRemediation>> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    if (filter.deviceId !== undefined) await selectDevice(tx, filter.deviceId);
    if (filter.policyId !== undefined) await selectPolicy(tx, filter.policyId);
    return selectRemediations(tx, filter, page);
  });
}
