import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { CreatedUser, NewUser, User, UserChange } from "@holdfast/contracts/administration";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Ctx } from "../../context.ts";
import { ById, InOrganisation, listOf, PageInOrganisation } from "../../http/own-schemas.ts";
import { ctxIn, ctxOf } from "../../http/request-context.ts";
import { createUser } from "./create-user.ts";
import { deleteUser } from "./delete-user.ts";
import { findHome } from "./find-home.ts";
import { listUsers } from "./list-users.ts";
import { updateUser } from "./update-user.ts";

const config = { permission: "orgs:write" } as const;
const tags = ["users"];

export const userRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/users",
    {
      config,
      schema: {
        operationId: "listUsers",
        summary: "The people of an organisation",
        tags,
        querystring: PageInOrganisation,
        response: { 200: listOf(User) },
      },
    },
    async (request) => {
      const { skip: offset, limit, orgId } = request.query;
      return listUsers(await ctxIn(request, orgId), { offset, limit });
    },
  );
  app.post(
    "/users",
    {
      config,
      schema: {
        operationId: "createUser",
        summary: "Let someone into an organisation",
        description:
          "Give role or permissions. An address that has an account becomes a member of a further organisation. A password that is left out is generated and shown once.",
        tags,
        body: NewUser,
        response: { 201: CreatedUser },
      },
    },
    async (request, reply) => {
      const ctx = await ctxIn(request, request.body.orgId);
      return reply.status(201).send(await createUser(ctx, request.body));
    },
  );
  app.patch(
    "/users/:id",
    {
      config,
      schema: {
        operationId: "updateUser",
        summary: "Change what someone may do, or their account",
        description: "A new password ends the account's sessions.",
        tags,
        params: ById,
        body: UserChange,
        response: { 200: User },
      },
    },
    async (request) => {
      const { id } = request.params;
      return updateUser(await ctxAbout(request, id, request.body.orgId), id, request.body);
    },
  );
  app.delete(
    "/users/:id",
    {
      config,
      schema: {
        operationId: "deleteUser",
        summary: "Take someone out of an organisation",
        description:
          "An account goes with its last membership. An administrator of every organisation who names none removes the account.",
        tags,
        params: ById,
        querystring: InOrganisation,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const ctx = await ctxAbout(request, id, request.query.orgId);
      const everywhere = ctx.actor.administrator === true && request.query.orgId === undefined;
      await deleteUser(ctx, id, everywhere);
      return reply.status(204).send(null);
    },
  );
};

/** In the organisation that is named; for an administrator who names none, in one that has the person. */
async function ctxAbout(request: FastifyRequest, userId: string, orgId: string | undefined): Promise<Ctx> {
  const own = ctxOf(request);
  if (orgId !== undefined || own.actor.administrator !== true) return ctxIn(request, orgId);
  return ctxIn(request, (await findHome(own, userId)) ?? undefined);
}
