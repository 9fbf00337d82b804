import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { IssuedToken, NewToken, Token } from "@holdfast/contracts/administration";
import { Type } from "typebox";
import { ById, InOrganisation, listOf, PageInOrganisation } from "../../http/own-schemas.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { futureTime } from "../../http/parse-time.ts";
import { ctxIn } from "../../http/request-context.ts";
import { createToken } from "./create-token.ts";
import { listTokens } from "./list-tokens.ts";
import { revokeToken } from "./revoke-token.ts";

const tags = ["tokens"];
const whose = "People look after their own tokens; others' and anything by way of a token need `orgs:write`.";

export const tokenRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/tokens",
    {
      schema: {
        operationId: "listTokens",
        summary: "The API tokens of an organisation, newest first",
        description: whose,
        tags,
        querystring: PageInOrganisation,
        response: { 200: listOf(Token) },
      },
    },
    async (request) => {
      const { skip: offset, limit, orgId } = request.query;
      return listTokens(await ctxIn(request, orgId), { offset, limit });
    },
  );
  app.post(
    "/tokens",
    {
      schema: {
        operationId: "createToken",
        summary: "Make an API token",
        description: `${whose} A token never has more permissions than who makes it, nor than whose it is; it may have none.`,
        tags,
        body: NewToken,
        response: { 201: IssuedToken },
      },
    },
    async (request, reply) => {
      const { orgId, name, permissions, userId, expiresAt } = request.body;
      const ctx = await ctxIn(request, orgId);
      const end = expiresAt ? futureTime(expiresAt, "expiresAt", ctx.now) : null;
      return reply.status(201).send(await createToken(ctx, { name, permissions, userId, expiresAt: end }));
    },
  );
  app.delete(
    "/tokens/:id",
    {
      schema: {
        operationId: "revokeToken",
        summary: "Revoke an API token, at once",
        description: whose,
        tags,
        params: ById,
        querystring: InOrganisation,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await revokeToken(await owningCtx(request, { table: "api_token", id }, request.query.orgId), id);
      return reply.status(204).send(null);
    },
  );
};
