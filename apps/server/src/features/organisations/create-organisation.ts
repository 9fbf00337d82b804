import type { Organisation } from "@holdfast/contracts/administration";
import { permissions } from "@holdfast/contracts/own-api";
import { audit } from "../../audit.ts";
import { asSystem, type Ctx, enter, requirePermission } from "../../context.ts";
import { Forbidden } from "../../errors.ts";
import { insertOrganisation } from "./queries.ts";

/** Makes an organisation; its log begins with this. @throws Forbidden for all but administrators of every organisation. */
export async function createOrganisation(ctx: Ctx, name: string): Promise<Organisation> {
  requirePermission(ctx, "orgs:write");
  if (ctx.actor.administrator !== true) {
    throw new Forbidden("Only an administrator of every organisation can make another one.");
  }
  return asSystem(ctx.services, async (db) => {
    const { digest: contentDigest } = ctx.services.pack;
    const { id, createdAt } = await insertOrganisation(db, { name, createdAt: ctx.now, contentDigest });
    const tx = await enter({ ...ctx, orgId: id }, db);
    await audit(tx, { action: "organisation.create", subject: { type: "organisation", id }, after: { name } });
    const held = permissions.filter((permission) => ctx.actor.permissions.has(permission));
    return { id, name, createdAt: createdAt.toISOString(), permissions: held };
  });
}
