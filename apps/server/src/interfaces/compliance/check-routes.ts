import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Severity } from "@holdfast/contracts/severity";
import { Type } from "typebox";
import { listChecks } from "../../features/checks/list-checks.ts";
import { seedChecks } from "../../features/checks/seed-checks.ts";
import { setCheckEnabled } from "../../features/checks/set-check-enabled.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import { ComplianceCheck, presentCheck } from "./check-schema.ts";
import { ById, changing, closed, NoQuery, osTypeOf, reading, TargetOsInput, tags } from "./vocabulary.ts";

const List = Type.Object(
  {
    ...SkipLimit,
    category: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    severity: Type.Optional(Severity),
    target_os: Type.Optional(TargetOsInput),
    enabled: Type.Optional(Type.Boolean()),
    control: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: "A control that checks serve, as cis:4.1 or nist:AC-17, with its parts.",
      }),
    ),
  },
  closed,
);
const Change = Type.Object({ enabled: Type.Boolean() }, closed);
const Seeded = Type.Object({ checks_created: Type.Integer(), checks_updated: Type.Integer() });

export const checkRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/checks",
    {
      config: reading,
      schema: {
        operationId: "listComplianceChecks",
        tags,
        querystring: List,
        response: { 200: Type.Object({ items: Type.Array(ComplianceCheck), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const { skip, limit, target_os: targetOs, ...rest } = request.query;
      const filter = { ...rest, osType: targetOs === undefined ? undefined : osTypeOf(targetOs) };
      const { items, total } = await listChecks(ctxOf(request), filter, { offset: skip, limit });
      return { items: items.map(presentCheck), total };
    },
  );
  app.post(
    "/checks/seed",
    {
      config: changing,
      schema: { operationId: "seedComplianceChecks", tags, querystring: NoQuery, response: { 200: Seeded } },
    },
    async (request) => {
      const { created, updated } = await seedChecks(ctxOf(request));
      return { checks_created: created, checks_updated: updated };
    },
  );
  app.patch(
    "/checks/:id",
    {
      config: changing,
      schema: {
        operationId: "updateComplianceCheck",
        tags,
        params: ById,
        querystring: NoQuery,
        body: Change,
        response: { 200: ComplianceCheck },
      },
    },
    async (request) => presentCheck(await setCheckEnabled(ctxOf(request), request.params.id, request.body.enabled)),
  );
};
