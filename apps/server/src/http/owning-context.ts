import type { FastifyRequest } from "fastify";
import type { Ctx } from "../context.ts";
import { NotFound } from "../errors.ts";
import { findOrganisationOf } from "../features/auth/queries.ts";
import { ctxIn, ctxOf, principalOf } from "./request-context.ts";

/** Something a request names by its id. */
export interface Named {
  readonly table: "device" | "policy" | "remediation" | "enrolment_token" | "api_token";
  readonly id: string;
}

/**
 * The context for a request about a row: in the organisation that the request names; else, for a sender who may enter
 * several, in the one that has the row; else in the request's own. That the row is there is for the verb to say.
 *
 * @throws NotFound when the sender has no business in the organisation it names.
 */
export async function owningCtx(request: FastifyRequest, { table, id }: Named, orgId?: string): Promise<Ctx> {
  const own = ctxOf(request);
  const { token } = principalOf(request);
  if (orgId !== undefined || (token !== null && !token.allOrganisations)) return ctxIn(request, orgId?.toLowerCase());
  const owner = await findOrganisationOf(own.services.db, table, id);
  try {
    return await ctxIn(request, owner ?? undefined);
  } catch (error) {
    if (error instanceof NotFound) return own;
    throw error;
  }
}
