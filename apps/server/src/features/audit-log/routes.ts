import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { AuditEvent } from "@holdfast/contracts/administration";
import { Type } from "typebox";
import { listOf, PageInOrganisation } from "../../http/own-schemas.ts";
import { parseTime } from "../../http/parse-time.ts";
import { ctxIn } from "../../http/request-context.ts";
import { listAuditEvents } from "./list-audit-events.ts";

const Time = Type.String({ format: "date-time" });
const Query = Type.Object(
  {
    ...PageInOrganisation.properties,
    actor: Type.Optional(Type.String({ maxLength: 254, description: "Who: an id, an address or a token's name." })),
    action: Type.Optional(
      Type.String({ maxLength: 100, description: 'E.g. "policy.create", or "policy" for all of them.' }),
    ),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
  },
  { additionalProperties: false },
);

export const auditRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/audit",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: "listAuditEvents",
        summary: "Who changed what, newest first",
        tags: ["audit"],
        querystring: Query,
        response: { 200: listOf(AuditEvent) },
      },
    },
    async (request) => {
      const { skip: offset, limit, orgId, actor, action, from, to } = request.query;
      const filter = {
        actor,
        action,
        from: from === undefined ? undefined : parseTime(from, "from"),
        to: to === undefined ? undefined : parseTime(to, "to"),
      };
      return listAuditEvents(await ctxIn(request, orgId), filter, { offset, limit });
    },
  );
};
