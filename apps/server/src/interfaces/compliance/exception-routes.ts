import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { createException } from "../../features/exceptions/create-exception.ts";
import { listExceptions } from "../../features/exceptions/list-exceptions.ts";
import { revokeException } from "../../features/exceptions/revoke-exception.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import { ComplianceException, NewComplianceException, presentException, toNewException } from "./exception-schema.ts";
import { ById, changing, closed, NoQuery, reading, tags } from "./vocabulary.ts";

export const exceptionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/exceptions",
    {
      config: reading,
      schema: {
        operationId: "listComplianceExceptions",
        tags,
        querystring: Type.Object(SkipLimit, closed),
        response: { 200: Type.Object({ items: Type.Array(ComplianceException), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const ctx = ctxOf(request);
      const { skip, limit } = request.query;
      const { items, total } = await listExceptions(ctx, { offset: skip, limit });
      return { items: items.map((exception) => presentException(exception, ctx.now)), total };
    },
  );
  app.post(
    "/exceptions",
    {
      config: changing,
      schema: {
        operationId: "createComplianceException",
        tags,
        querystring: NoQuery,
        body: NewComplianceException,
        response: { 201: ComplianceException },
      },
    },
    async (request, reply) => {
      const ctx = ctxOf(request);
      const exception = await createException(ctx, toNewException(request.body));
      return reply.status(201).send(presentException(exception, ctx.now));
    },
  );
  app.delete(
    "/exceptions/:id",
    {
      config: changing,
      schema: {
        operationId: "revokeComplianceException",
        tags,
        params: ById,
        querystring: NoQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await revokeException(ctxOf(request), request.params.id);
      return reply.status(204).send(null);
    },
  );
};
