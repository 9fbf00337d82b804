import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { baselineRoutes } from "./baseline-routes.ts";
import { cisComplianceRoutes } from "./compliance-routes.ts";
import type { CisOptions } from "./paging.ts";
import { cisRemediationRoutes } from "./remediation-routes.ts";

/** Interface B. */
export const cisRoutes: FastifyPluginAsyncTypebox<CisOptions> = async (app, options) => {
  await app.register(baselineRoutes, options);
  await app.register(cisComplianceRoutes, options);
  await app.register(cisRemediationRoutes, options);
};
