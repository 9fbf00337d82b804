import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { ctxOf } from "../../http/request-context.ts";
import { importResult } from "./import-result.ts";
import { ImportedFinding } from "./imported-findings.ts";

const Uuid = Type.String({ format: "uuid" });
const closed = { additionalProperties: false };
const Body = Type.Object(
  {
    policyId: Uuid,
    checkedAt: Type.String({ format: "date-time" }),
    source: Type.String({ minLength: 1, maxLength: 100, description: "The scanner." }),
    findings: Type.Array(ImportedFinding, { maxItems: 2000 }),
  },
  closed,
);

export const resultRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    "/devices/:id/results",
    {
      config: { permission: "devices:write" },
      schema: {
        operationId: "importResult",
        tags: ["devices"],
        params: Type.Object({ id: Uuid }),
        querystring: Type.Object({}, closed),
        body: Body,
        response: { 201: Type.Object({ resultId: Uuid }) },
      },
    },
    async (request, reply) => {
      const resultId = await importResult(ctxOf(request), request.params.id, request.body);
      return reply.status(201).send({ resultId });
    },
  );
};
