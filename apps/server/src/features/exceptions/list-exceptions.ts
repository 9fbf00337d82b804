import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { type Exception, selectExceptions } from "./queries.ts";

/** A page of the organisation's exceptions, newest first; revoked and ended ones too. @throws Forbidden */
export async function listExceptions(ctx: Ctx, page: Page): Promise<Listed<Exception>> {
  requirePermission(ctx, "devices:read");
  return inTransaction(ctx, (tx) => selectExceptions(tx, page));
}
