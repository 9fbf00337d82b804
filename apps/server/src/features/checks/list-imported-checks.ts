import type { Insertable } from "kysely";
import type { Tx } from "../../context.ts";
import type { OrganisationCheckTable } from "../../db/schema.ts";
import { insertChecks } from "./queries.ts";

/** Lists checks that another scanner brought, in the transaction that stores its result. Those listed already stay as they are. */
export function listImportedChecks(tx: Tx, checks: readonly Insertable<OrganisationCheckTable>[]): Promise<void> {
  return insertChecks(tx, checks);
}
