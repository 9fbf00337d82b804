import type { User } from "@holdfast/contracts/administration";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { presentUser } from "./present.ts";
import { selectMembers } from "./queries.ts";

/** A page of the organisation's people, by address. @throws Forbidden */
export async function listUsers(ctx: Ctx, page: Page): Promise<Listed<User>> {
  requirePermission(ctx, "orgs:write");
  const { items, total } = await inTransaction(ctx, (tx) => selectMembers(tx, page));
  return { items: items.map(presentUser), total };
}
