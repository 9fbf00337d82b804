import type { Ctx } from "../../context.ts";
import { Forbidden } from "../../errors.ts";

/** Whether the actor looks after all tokens of the organisation. */
export function managesTokens(ctx: Ctx): boolean {
  return ctx.actor.permissions.has("orgs:write");
}

/**
 * People look after their own tokens; those of others, and everything by way of a token, need "orgs:write": a leaked token
 * that ends must not make one that does not.
 *
 * @throws Forbidden
 */
export function requireTokenAccess(ctx: Ctx, userId: string | null): void {
  if (managesTokens(ctx)) return;
  if (ctx.actor.type === "user" && userId === ctx.actor.id) return;
  throw new Forbidden('This needs the permission "orgs:write" in the organisation.');
}
