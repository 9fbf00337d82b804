import { randomUUID } from "node:crypto";
import { constants } from "node:zlib";
import fastifyCompress from "@fastify/compress";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyWebsocket from "@fastify/websocket";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController, type RouteOptions } from "fastify";
import { sql } from "kysely";
import type { TSchema } from "typebox";
import type { Services } from "./context.ts";
import { auditRoutes } from "./features/audit-log/routes.ts";
import { authRoutes } from "./features/auth/routes.ts";
import type { Presence } from "./features/devices/presence.ts";
import { deviceRoutes } from "./features/devices/routes.ts";
import { liveRoutes } from "./features/live/routes.ts";
import { organisationRoutes } from "./features/organisations/routes.ts";
import { overviewRoutes } from "./features/overview/routes.ts";
import { policyRoutes } from "./features/policies/routes.ts";
import { remediationRoutes } from "./features/remediations/routes.ts";
import { resultRoutes } from "./features/results/routes.ts";
import type { ScanProgress } from "./features/scans/scan-progress.ts";
import { tokenRoutes } from "./features/tokens/routes.ts";
import { userRoutes } from "./features/users/routes.ts";
import { detailStyle, errorHandler, errorStyle, isCisAddress } from "./http/error-handler.ts";
import { limitRates, type RateLimits } from "./http/rate-limits.ts";
import { requireSignIn } from "./http/request-context.ts";
import { serveDashboard } from "./http/static-files.ts";
import { validatorCompiler } from "./http/validation.ts";
import { agentRoutes } from "./interfaces/agent/routes.ts";
import { cisRoutes } from "./interfaces/cis/routes.ts";
import { complianceRoutes } from "./interfaces/compliance/routes.ts";
import type { LiveEvents } from "./live-events.ts";
import { openApiRoutes } from "./openapi/routes.ts";
import type { Secrets } from "./secrets.ts";

declare module "fastify" {
  interface FastifyInstance {
    /** Every route there is, once the app is ready. */
    readonly routeTable: readonly RouteOptions[];
  }
}

export interface AppOptions {
  readonly services: Services;
  readonly secrets: Secrets;
  readonly events: LiveEvents;
  readonly presence: Presence;
  readonly progress: ScanProgress;
  readonly dashboardDir: string | null;
  /** Null: nobody counts. */
  readonly rateLimits: RateLimits | null;
  /** A worker answers /healthz only. */
  readonly healthOnly: boolean;
}

/** Bytes of a body, but for agents' uploads. */
const bodyLimit = 1024 * 1024;

const closeGraceMs = 2000;

/** The HTTP side, not yet listening. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { services, secrets, presence } = options;
  const loggerInstance: FastifyBaseLogger = services.log;
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    // Behind a proxy on this machine, addresses and the protocol are what it says.
    trustProxy: "loopback",
    genReqId: () => randomUUID(),
    // Addresses that cannot be decoded reach no route, so no interface's handler either.
    frameworkErrors: (error, request, reply) => {
      errorHandler(isCisAddress(request.url) ? errorStyle : detailStyle)(error, request, reply);
    },
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 200 },
  });
  app.setValidatorCompiler<TSchema>(validatorCompiler);
  app.setErrorHandler(errorHandler(detailStyle));
  app.decorateRequest("entered", null);
  const routeTable: RouteOptions[] = [];
  app.decorate("routeTable", routeTable);
  app.addHook("onRoute", (route) => {
    routeTable.push(route);
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
  });
  // Running requests get a moment to finish; connections kept alive after that do not hold up the end.
  app.addHook("preClose", async () => {
    setTimeout(() => app.server.closeAllConnections(), closeGraceMs).unref();
  });
  app.get("/healthz", { schema: { hide: true } }, async (_, reply) => {
    try {
      await sql`select 1`.execute(services.db);
      return { status: "ok" };
    } catch {
      return reply.status(503).send({ status: "unavailable", detail: "The database does not answer." });
    }
  });
  if (options.healthOnly) return app;
  await app.register(fastifyHelmet, { contentSecurityPolicy: contentSecurityPolicy(), strictTransportSecurity: false });
  if (options.rateLimits !== null) await limitRates(app, options.rateLimits);
  await app.register(fastifyWebsocket, { options: { maxPayload: 65_536 } });
  await app.register(agentRoutes, { prefix: "/agent/v1", services, secrets, presence });
  await app.register(async (people) => servePeople(people, options));
  return app;
}

/** A report of megabytes is compressed in a few milliseconds; harder takes four times as long for a sixth less. */
const quickly = { zlibOptions: { level: 1 }, brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } } };

async function servePeople(app: FastifyInstance, options: AppOptions): Promise<void> {
  const { services, secrets, events, progress, dashboardDir, rateLimits } = options;
  const { sessionKey } = secrets;
  await app.register(fastifyCompress, { globalDecompression: false, threshold: 2048, ...quickly });
  await app.register(fastifyCookie);
  await app.register(
    async (api) => {
      requireSignIn(api, services, sessionKey);
      await api.register(authRoutes, { services, sessionKey, signInsPerMinute: rateLimits?.signIn ?? 0 });
      await api.register(organisationRoutes);
      await api.register(userRoutes);
      await api.register(tokenRoutes);
      await api.register(auditRoutes);
      await api.register(overviewRoutes);
      await api.register(deviceRoutes, { progress });
      await api.register(resultRoutes);
      await api.register(liveRoutes, { events });
      await api.register(policyRoutes);
      await api.register(remediationRoutes);
      await api.register(complianceRoutes, { prefix: "/compliance" });
      await api.register(openApiRoutes);
    },
    { prefix: "/api/v1" },
  );
  for (const prefix of ["/api/v1/cis", "/cis"]) {
    await app.register(
      async (cis) => {
        cis.setErrorHandler(errorHandler(errorStyle));
        requireSignIn(cis, services, sessionKey);
        // The same routes twice; an operation has one name, so the shorter address has its own.
        await cis.register(cisRoutes, { operationSuffix: prefix === "/cis" ? "Short" : "" });
      },
      { prefix },
    );
  }
  await serveDashboard(app, dashboardDir);
}

/** No inline script, nothing from elsewhere. Styles may be inline: charts and virtual lists position with them. */
function contentSecurityPolicy() {
  return {
    useDefaults: false,
    directives: {
      defaultSrc: ["'self'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
      formAction: ["'self'"],
    },
  };
}
