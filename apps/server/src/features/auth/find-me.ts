import { type Me, permissions } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import type { Principal } from "./authenticate.ts";
import { listAccess } from "./queries.ts";

/** The account behind the request, and where it works. @throws Unauthenticated for a token that is nobody's. */
export async function findMe(services: Services, principal: Principal): Promise<Me> {
  const { account, token } = principal;
  if (account === null) throw new Unauthenticated("This token belongs to no account.");
  return asSystem(services, async (db) => {
    const { id, email, name } = await db
      .selectFrom("userAccount")
      .select(["id", "email", "name"])
      .where("id", "=", account.id)
      .executeTakeFirstOrThrow();
    const access = await listAccess(db, account, permissions);
    const organisations = access
      .filter((organisation) => token === null || token.allOrganisations || organisation.id === token.orgId)
      .map((organisation) => ({
        ...organisation,
        permissions: organisation.permissions.filter((held) => token === null || token.permissions.includes(held)),
      }));
    return { id, email, name, organisations };
  });
}
