import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { OsType } from "@holdfast/contracts/platform";
import { ListedParameter } from "@holdfast/contracts/wire";
import { Type } from "typebox";
import { ctxOf } from "../../http/request-context.ts";
import { listParameters } from "./list-parameters.ts";

const Query = Type.Object({ os: OsType }, { additionalProperties: false });

/** What policies can be made of. */
export const policyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/parameters",
    {
      config: { permission: "devices:read" },
      schema: {
        operationId: "listParameters",
        tags: ["policies"],
        querystring: Query,
        response: { 200: Type.Object({ items: Type.Array(ListedParameter), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const items = listParameters(ctxOf(request), request.query.os);
      return { items, total: items.length };
    },
  );
};
