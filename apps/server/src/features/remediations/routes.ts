import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { owningCtx } from "../../http/owning-context.ts";
import { cancelRemediation } from "./cancel-remediation.ts";
import { presentRemediation, RemediationAction } from "./present.ts";

const ById = Type.Object({ id: Type.String({ format: "uuid" }) });

/** What interface B has no route for. */
export const remediationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    "/remediations/:id/cancel",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: "cancelRemediation",
        tags: ["remediations"],
        params: ById,
        response: { 200: RemediationAction },
      },
    },
    async (request) => {
      const { id } = request.params;
      const ctx = await owningCtx(request, { table: "remediation", id });
      return presentRemediation(ctx.now, await cancelRemediation(ctx, id));
    },
  );
};
