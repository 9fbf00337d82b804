import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { packChecks } from "./pack-checks.ts";
import { insertChecks, lockChecks, updateCheckContent } from "./queries.ts";

export interface Seeded {
  readonly created: number;
  readonly updated: number;
}

/** Columns a seeding brings up to date. */
const content = ["place", "title", "description", "level", "category", "severity", "osType", "remediation"] as const;

/**
 * Lists every recommendation of the content packs among the organisation's checks, and brings those that are listed up
 * to date. A check that was switched off stays off.
 *
 * @returns how many were not listed before, and how many of the others changed.
 * @throws Forbidden
 */
export async function seedChecks(ctx: Ctx): Promise<Seeded> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const stored = new Map((await lockChecks(tx)).map((check) => [check.id, check]));
    const wanted = packChecks(tx.services.pack, tx.orgId, true);
    const created = wanted.filter(({ id }) => stored.get(id)?.seeded !== true);
    const updated = wanted.filter((check) => {
      const before = stored.get(check.id);
      return before?.seeded === true && content.some((column) => before[column] !== check[column]);
    });
    await insertChecks(
      tx,
      created.filter(({ id }) => !stored.has(id)),
    );
    for (const check of [...created.filter(({ id }) => stored.has(id)), ...updated])
      await updateCheckContent(tx, check);
    const counts = { created: created.length, updated: updated.length };
    if (counts.created + counts.updated > 0) {
      await audit(tx, { action: "check.seed", subject: { type: "organisation", id: tx.orgId }, detail: counts });
    }
    return counts;
  });
}
