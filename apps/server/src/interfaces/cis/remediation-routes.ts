import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { approveRemediations, rejectRemediations } from "../../features/remediations/decide-remediations.ts";
import { listRemediations } from "../../features/remediations/list-remediations.ts";
import { presentRemediation, RemediationAction } from "../../features/remediations/present.ts";
import { approvalStatuses, remediationStatuses } from "../../features/remediations/remediation.ts";
import { requestRemediation } from "../../features/remediations/request-remediation.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { ctxIn } from "../../http/request-context.ts";
import { type CisOptions, Pagination, pageOf, tags, Uuid } from "./paging.ts";

const Note = Type.Optional(Type.Union([Type.String({ maxLength: 1000 }), Type.Null()]));
const RemediateBody = Type.Object({
  orgId: Type.Optional(Uuid),
  deviceId: Uuid,
  baselineId: Type.Optional(Uuid),
  baselineResultId: Type.Optional(Uuid),
  checkIds: Type.Array(Type.String({ minLength: 1, maxLength: 100 }), { minItems: 1, maxItems: 100 }),
  action: Type.Enum(["apply", "rollback"], { default: "apply" }),
  reason: Note,
});
const Remediated = Type.Object({
  message: Type.String(),
  deviceId: Uuid,
  baselineId: Uuid,
  baselineResultId: Uuid,
  actionIds: Type.Array(Uuid),
  approvalStatus: Type.Literal("pending"),
});
const ApproveBody = Type.Object({
  actionIds: Type.Array(Uuid, { minItems: 1, maxItems: 500 }),
  approved: Type.Boolean(),
  note: Note,
  planHashes: Type.Optional(
    Type.Record(Type.String(), Type.String(), {
      description: "By action: the hash of the plan that was looked at. Where given, another plan is not approved.",
    }),
  ),
});
const ActionIds = { actionIds: Type.Array(Uuid), skippedIds: Type.Array(Uuid) };
const Decision = Type.Union([
  Type.Object({
    approved: Type.Literal(true),
    queued: Type.Integer(),
    ...ActionIds,
    failedActionIds: Type.Optional(Type.Array(Uuid, { description: "Not queued; they wait for approval again." })),
  }),
  Type.Object({ approved: Type.Literal(false), rejected: Type.Integer(), ...ActionIds }),
]);
const RemediationList = Type.Object({
  orgId: Type.Optional(Uuid),
  status: Type.Optional(Type.Enum(remediationStatuses)),
  approvalStatus: Type.Optional(Type.Enum(approvalStatuses)),
  deviceId: Type.Optional(Uuid),
  baselineId: Type.Optional(Uuid),
  ...pageOf(200, 100),
});

/** Asking for changes, deciding on them, and what came of them. */
export const cisRemediationRoutes: FastifyPluginAsyncTypebox<CisOptions> = async (app, { operationSuffix }) => {
  app.post(
    "/remediate",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: `requestRemediation${operationSuffix}`,
        tags,
        body: RemediateBody,
        response: { 201: Remediated },
      },
    },
    async (request, reply) => {
      const { orgId, deviceId, baselineId, baselineResultId, checkIds, action, reason } = request.body;
      const ctx = await owningCtx(request, { table: "device", id: deviceId }, orgId);
      const { policyId, resultId, actionIds } = await requestRemediation(ctx, {
        deviceId,
        policyId: baselineId,
        resultId: baselineResultId,
        checkIds,
        action,
        reason: reason ?? null,
      });
      return reply.status(201).send({
        message: `Created ${actionIds.length} CIS remediation action(s) pending approval`,
        deviceId: deviceId.toLowerCase(),
        baselineId: policyId,
        baselineResultId: resultId,
        actionIds: [...actionIds],
        approvalStatus: "pending",
      });
    },
  );
  app.post(
    "/remediate/approve",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: `decideRemediations${operationSuffix}`,
        tags,
        body: ApproveBody,
        response: { 200: Decision },
      },
    },
    async (request) => {
      const { actionIds, approved, note, planHashes } = request.body;
      const [id = ""] = actionIds;
      const ctx = await owningCtx(request, { table: "remediation", id });
      const decide = approved ? approveRemediations : rejectRemediations;
      const decided = await decide(ctx, { actionIds, note: note ?? null, planHashes });
      const ids = { actionIds: [...decided.actionIds], skippedIds: [...decided.skippedIds] };
      if (!approved) return { approved: false as const, rejected: ids.actionIds.length, ...ids };
      const failed = decided.failedActionIds.length > 0 ? { failedActionIds: [...decided.failedActionIds] } : {};
      return { approved: true as const, queued: ids.actionIds.length, ...ids, ...failed };
    },
  );
  app.get(
    "/remediations",
    {
      config: { permission: "devices:read" },
      schema: {
        operationId: `listRemediations${operationSuffix}`,
        tags,
        querystring: RemediationList,
        response: { 200: Type.Object({ data: Type.Array(RemediationAction), pagination: Pagination }) },
      },
    },
    async (request) => {
      const { orgId, status, approvalStatus, deviceId, baselineId: policyId, limit, offset } = request.query;
      const ctx = await ctxIn(request, orgId);
      const filter = { status, approvalStatus, deviceId, policyId };
      const { items, total } = await listRemediations(ctx, filter, { limit, offset });
      return { data: items.map((row) => presentRemediation(ctx.now, row)), pagination: { limit, offset, total } };
    },
  );
};
