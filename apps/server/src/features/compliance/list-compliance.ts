import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Page } from "../../http/paging.ts";
import { selectPolicy } from "../policies/queries.ts";
import {
  type ComplianceFilter,
  type ComplianceRow,
  type ComplianceSummary,
  selectCompliance,
  selectComplianceSummary,
} from "./queries.ts";

export interface Compliance {
  readonly items: readonly ComplianceRow[];
  /** Of all that match, not of the page. */
  readonly summary: ComplianceSummary;
}

/** A page of the newest result of each device and policy, with a summary of all. @throws Forbidden, NotFound */
export async function listCompliance(ctx: Ctx, filter: ComplianceFilter, page: Page): Promise<Compliance> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, async (tx) => {
    if (filter.policyId !== undefined) await selectPolicy(tx, filter.policyId);
    const summary = await selectComplianceSummary(tx, filter);
    return { summary, items: await selectCompliance(tx, filter, page) };
  });
}
