import { asSystem, type Ctx } from "../../context.ts";
import { selectMemberships } from "./queries.ts";

/** An organisation of a person: the context's where they are a member of it, else any; null when they are in none. */
export async function findHome(ctx: Ctx, userId: string): Promise<string | null> {
  const memberships = await asSystem(ctx.services, (db) => selectMemberships(db, userId));
  const home = memberships.find(({ orgId }) => orgId === ctx.orgId) ?? memberships[0];
  return home?.orgId ?? null;
}
