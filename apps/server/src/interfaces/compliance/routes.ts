import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { acceptEmptyJson } from "../../http/empty-json.ts";
import { agentRoutes } from "./agent-routes.ts";
import { checkRoutes } from "./check-routes.ts";
import { exceptionRoutes } from "./exception-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { statisticRoutes } from "./statistic-routes.ts";

/** Interface A, under /api/v1/compliance. */
export const complianceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  acceptEmptyJson(app);
  await app.register(policyRoutes);
  await app.register(checkRoutes);
  await app.register(agentRoutes);
  await app.register(exceptionRoutes);
  await app.register(statisticRoutes);
};
