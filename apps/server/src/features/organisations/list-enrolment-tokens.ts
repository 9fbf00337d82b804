import type { EnrolmentToken } from "@holdfast/contracts/administration";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { presentEnrolmentToken } from "./present.ts";
import { selectEnrolmentTokens } from "./queries.ts";

/** A page of the organisation's enrolment tokens, newest first, also those that are used up. @throws Forbidden */
export async function listEnrolmentTokens(ctx: Ctx, page: Page): Promise<Listed<EnrolmentToken>> {
  requirePermission(ctx, "orgs:write");
  const { items, total } = await inTransaction(ctx, (tx) => selectEnrolmentTokens(tx, page));
  return { items: items.map(presentEnrolmentToken), total };
}
