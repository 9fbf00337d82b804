import type { Permission } from "@holdfast/contracts/own-api";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Ctx, Services } from "../context.ts";
import { Forbidden, Invalid, Unauthenticated } from "../errors.ts";
import { authenticate, enterOrganisation, type Principal } from "../features/auth/authenticate.ts";
import { limitRefusals } from "./rate-limits.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who sent it and where they act; null on routes that need no one. */
    entered: { readonly principal: Principal; readonly ctx: Ctx } | null;
  }
  interface FastifyContextConfig {
    /** What the route needs where the request acts; checked before it is validated, and by its verb again. */
    permission?: Permission;
    /** Needs an account, but no organisation. */
    account?: boolean;
    /** Needs no one. */
    public?: boolean;
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Finds out who sends each request of an instance: 401 without a credential, 403 without the route's permission. The
 * organisation is the one of `x-holdfast-org`, else the token's own, else the person's first.
 */
export function requireSignIn(app: FastifyInstance, services: Services, sessionKey: Uint8Array): void {
  const countRefusal = limitRefusals(app);
  app.addHook("onRequest", async (request, reply) => {
    const { public: isPublic, account } = request.routeOptions.config;
    if (isPublic === true) return;
    const named = request.headers["x-holdfast-org"];
    const sender = { authorization: request.headers.authorization, sessionKey, account: account === true, named };
    request.entered = await admit(services, request.id, sender).catch(async (error: unknown) => {
      if (error instanceof Unauthenticated) await countRefusal(request, reply);
      throw error;
    });
  });
  app.addHook("preValidation", async (request) => {
    const { permission } = request.routeOptions.config;
    if (permission === undefined || request.entered === null) return;
    if (request.entered.ctx.actor.permissions.has(permission)) return;
    const named = organisationNamedIn(request);
    const elsewhere = named === null ? null : await ctxIn(request, named);
    if (elsewhere?.actor.permissions.has(permission) === true) return;
    throw new Forbidden(`This needs the permission "${permission}" in the organisation.`);
  });
}

interface Sender {
  readonly authorization: string | undefined;
  readonly sessionKey: Uint8Array;
  /** Whether the route acts in no organisation. */
  readonly account: boolean;
  readonly named: string | readonly string[] | undefined;
}

/** Who it is, and where they act. */
async function admit(
  services: Services,
  requestId: string,
  { authorization, sessionKey, account, named }: Sender,
): Promise<NonNullable<FastifyRequest["entered"]>> {
  const now = new Date();
  const principal = await authenticate(services, sessionKey, authorization, now);
  if (named !== undefined && (typeof named !== "string" || !uuid.test(named))) {
    throw new Invalid('The header "x-holdfast-org" is not the id of an organisation.');
  }
  if (account) return { principal, ctx: { ...nowhere(services, principal, now), requestId } };
  const { orgId, actor } = await enterOrganisation(services, principal, named ?? null);
  return { principal, ctx: { services, orgId, actor, now, requestId } };
}

/** The organisation a query or a body names, before either is validated; null when it names none. */
function organisationNamedIn({ query, body }: FastifyRequest): string | null {
  for (const part of [query, body]) {
    if (part === null || typeof part !== "object" || !("orgId" in part)) continue;
    if (typeof part.orgId === "string" && uuid.test(part.orgId)) return part.orgId.toLowerCase();
  }
  return null;
}

/** The context of a request that was let in. @throws Unauthenticated on a route that lets anyone in. */
export function ctxOf(request: FastifyRequest): Ctx {
  if (request.entered === null) throw new Unauthenticated();
  return request.entered.ctx;
}

/** @throws Unauthenticated on a route that lets anyone in. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.entered === null) throw new Unauthenticated();
  return request.entered.principal;
}

/**
 * The context in the organisation that a body or a query names; the request's own when it names none.
 *
 * @throws NotFound when the sender has no business there.
 */
export async function ctxIn(request: FastifyRequest, orgId: string | undefined): Promise<Ctx> {
  const ctx = ctxOf(request);
  if (orgId === undefined || orgId === ctx.orgId) return ctx;
  const entered = await enterOrganisation(ctx.services, principalOf(request), orgId);
  return { ...ctx, ...entered };
}

function nowhere(services: Services, { type, id, label }: Principal, now: Date): Ctx {
  return { services, now, orgId: "", actor: { type, id, label, permissions: new Set() } };
}
