import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Overview } from "@holdfast/contracts/own-api";
import { Type } from "typebox";
import { ctxOf } from "../../http/request-context.ts";
import { getOverview } from "./get-overview.ts";

const Query = Type.Object(
  { policyId: Type.Optional(Type.String({ format: "uuid" })) },
  { additionalProperties: false },
);

export const overviewRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/overview",
    {
      config: { permission: "devices:read" },
      schema: { operationId: "getOverview", tags: ["overview"], querystring: Query, response: { 200: Overview } },
    },
    (request) => getOverview(ctxOf(request), request.query.policyId),
  );
};
