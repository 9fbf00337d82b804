import type { Tx } from "../../context.ts";
import { NotFound } from "../../errors.ts";
import { packChecks } from "./pack-checks.ts";
import { findCheck, insertChecks, type OrganisationCheck } from "./queries.ts";

/**
 * The organisation's check with this id. One of the content that was never seeded is stored now, unlisted, so that it can
 * be switched off or excepted all the same.
 *
 * @throws NotFound, also for another organisation's.
 */
export async function requireCheck(tx: Tx, givenId: string): Promise<OrganisationCheck> {
  const id = givenId.toLowerCase();
  const stored = await findCheck(tx, id);
  if (stored !== null) return stored;
  const known = packChecks(tx.services.pack, tx.orgId, false).find((check) => check.id === id);
  if (known === undefined) throw new NotFound("check");
  await insertChecks(tx, [known]);
  const inserted = await findCheck(tx, id);
  if (inserted === null) throw new NotFound("check");
  return inserted;
}
