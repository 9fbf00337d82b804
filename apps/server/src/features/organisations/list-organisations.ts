import type { Organisation } from "@holdfast/contracts/administration";
import { permissions } from "@holdfast/contracts/own-api";
import { asSystem, type Services } from "../../context.ts";
import type { Listed, Page } from "../../http/paging.ts";
import type { Principal } from "../auth/authenticate.ts";
import { type Reach, selectOrganisations } from "./queries.ts";

/** The organisations the sender may enter, oldest first, with what it may do there. */
export async function listOrganisations(
  services: Services,
  principal: Principal,
  page: Page,
): Promise<Listed<Organisation>> {
  const { token, account } = principal;
  const reach = reachOf(principal);
  const { items, total } = await asSystem(services, (db) => selectOrganisations(db, reach, page));
  const holdsAll = account === null || account.administrator;
  return {
    items: items.map(({ id, name, createdAt, permissions: held }) => ({
      id,
      name,
      createdAt: createdAt.toISOString(),
      permissions: permissions.filter(
        (permission) =>
          (holdsAll || held?.includes(permission) === true) &&
          (token === null || token.permissions.includes(permission)),
      ),
    })),
    total,
  };
}

function reachOf({ token, account }: Principal): Reach {
  if (account?.administrator === true && (token === null || token.allOrganisations)) return { of: "all" };
  if (token !== null && (account === null || !token.allOrganisations)) return { of: "one", orgId: token.orgId };
  return { of: "member", userId: account?.id ?? "" };
}
