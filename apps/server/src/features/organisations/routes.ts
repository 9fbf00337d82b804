import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  EnrolmentToken,
  IssuedEnrolmentToken,
  NewEnrolmentToken,
  NewOrganisation,
  Organisation,
} from "@holdfast/contracts/administration";
import { Type } from "typebox";
import { ById, InOrganisation, listOf, PageInOrganisation, PageQuery } from "../../http/own-schemas.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { futureTime } from "../../http/parse-time.ts";
import { ctxIn, ctxOf, principalOf } from "../../http/request-context.ts";
import { createOrganisation } from "./create-organisation.ts";
import { createEnrolmentToken } from "./issue-enrolment-token.ts";
import { listEnrolmentTokens } from "./list-enrolment-tokens.ts";
import { listOrganisations } from "./list-organisations.ts";
import { revokeEnrolmentToken } from "./revoke-enrolment-token.ts";

const config = { permission: "orgs:write" } as const;
const dayMs = 86_400_000;

export const organisationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/organisations",
    {
      config: { account: true },
      schema: {
        operationId: "listOrganisations",
        summary: "The organisations the sender may enter",
        tags: ["organisations"],
        querystring: PageQuery,
        response: { 200: listOf(Organisation) },
      },
    },
    (request) => {
      const { skip: offset, limit } = request.query;
      return listOrganisations(ctxOf(request).services, principalOf(request), { offset, limit });
    },
  );
  app.post(
    "/organisations",
    {
      config,
      schema: {
        operationId: "createOrganisation",
        summary: "Make an organisation; for administrators of every organisation",
        tags: ["organisations"],
        body: NewOrganisation,
        response: { 201: Organisation },
      },
    },
    async (request, reply) => reply.status(201).send(await createOrganisation(ctxOf(request), request.body.name)),
  );
  app.get(
    "/enrolment-tokens",
    {
      config,
      schema: {
        operationId: "listEnrolmentTokens",
        summary: "The tokens that let devices into an organisation, newest first",
        tags: ["enrolment"],
        querystring: PageInOrganisation,
        response: { 200: listOf(EnrolmentToken) },
      },
    },
    async (request) => {
      const { skip: offset, limit, orgId } = request.query;
      return listEnrolmentTokens(await ctxIn(request, orgId), { offset, limit });
    },
  );
  app.post(
    "/enrolment-tokens",
    {
      config,
      schema: {
        operationId: "createEnrolmentToken",
        summary: "Make a token that lets devices in: by default one, within a day",
        tags: ["enrolment"],
        body: NewEnrolmentToken,
        response: { 201: IssuedEnrolmentToken },
      },
    },
    async (request, reply) => {
      const ctx = await ctxIn(request, request.body.orgId);
      const { uses, expiresAt } = request.body;
      const terms = {
        uses,
        expiresAt:
          expiresAt === undefined ? new Date(ctx.now.getTime() + dayMs) : futureTime(expiresAt, "expiresAt", ctx.now),
      };
      return reply.status(201).send(await createEnrolmentToken(ctx, terms));
    },
  );
  app.delete(
    "/enrolment-tokens/:id",
    {
      config,
      schema: {
        operationId: "revokeEnrolmentToken",
        summary: "Revoke an enrolment token; devices that are in stay",
        tags: ["enrolment"],
        params: ById,
        querystring: InOrganisation,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await revokeEnrolmentToken(await owningCtx(request, { table: "enrolment_token", id }, request.query.orgId), id);
      return reply.status(204).send(null);
    },
  );
};
