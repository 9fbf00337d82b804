import type { Token } from "@holdfast/contracts/administration";
import { type Ctx, inTransaction, personOf } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import { managesTokens, requireTokenAccess } from "./access.ts";
import { presentToken } from "./present.ts";
import { selectTokens } from "./queries.ts";

/** A page of the organisation's tokens, newest first; one's own where "orgs:write" is lacking. @throws Forbidden */
export async function listTokens(ctx: Ctx, page: Page): Promise<Listed<Token>> {
  const own = personOf(ctx.actor);
  requireTokenAccess(ctx, own);
  const { items, total } = await inTransaction(ctx, (tx) => selectTokens(tx, managesTokens(ctx) ? null : own, page));
  return { items: items.map(presentToken), total };
}
