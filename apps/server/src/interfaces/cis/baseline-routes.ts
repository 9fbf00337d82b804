import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { OsType } from "@holdfast/contracts/platform";
import { Type } from "typebox";
import { unknownExclusions } from "../../features/policies/benchmark-for.ts";
import { listPolicies } from "../../features/policies/list-policies.ts";
import { startPolicyScan } from "../../features/scans/start-policy-scan.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { ctxIn } from "../../http/request-context.ts";
import { Baseline, BaselineBody, presentBaseline } from "./baseline-schema.ts";
import { type CisOptions, Pagination, pageOf, tags, Uuid } from "./paging.ts";
import { saveBaseline } from "./save-baseline.ts";

const BaselineList = Type.Object({
  orgId: Type.Optional(Uuid),
  osType: Type.Optional(OsType),
  active: Type.Optional(Type.Boolean()),
  ...pageOf(200, 100),
});
const SavedBaseline = Type.Object({
  data: Baseline,
  warnings: Type.Optional(Type.Array(Type.String(), { description: "Exclusions that name no recommendation." })),
});
const ScanBody = Type.Object({
  orgId: Type.Optional(Uuid),
  baselineId: Uuid,
  deviceIds: Type.Optional(Type.Union([Type.Array(Uuid, { maxItems: 500 }), Type.Null()])),
});
const ScanQueued = Type.Object({
  message: Type.String(),
  jobId: Type.Union([Type.String(), Type.Null()], { description: "Null when there was no device to scan." }),
  baselineId: Uuid,
  deviceCount: Type.Integer(),
});

/** Baselines and their scans. */
export const baselineRoutes: FastifyPluginAsyncTypebox<CisOptions> = async (app, { operationSuffix }) => {
  app.get(
    "/baselines",
    {
      config: { permission: "devices:read" },
      schema: {
        operationId: `listBaselines${operationSuffix}`,
        tags,
        querystring: BaselineList,
        response: { 200: Type.Object({ data: Type.Array(Baseline), pagination: Pagination }) },
      },
    },
    async (request) => {
      const { orgId, osType, active: enabled, ...page } = request.query;
      const { items, total } = await listPolicies(await ctxIn(request, orgId), { osType, enabled }, page);
      return { data: items.map(presentBaseline), pagination: { ...page, total } };
    },
  );
  app.post(
    "/baselines",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: `saveBaseline${operationSuffix}`,
        tags,
        body: BaselineBody,
        response: { 200: SavedBaseline, 201: SavedBaseline },
      },
    },
    async (request, reply) => {
      const { id, orgId } = request.body;
      const ctx = await (id === undefined ? ctxIn(request, orgId) : owningCtx(request, { table: "policy", id }, orgId));
      const { policy, created } = await saveBaseline(ctx, request.body);
      const unknown = unknownExclusions(ctx.services.pack, policy);
      const warnings = unknown.map((number) => `"${number}" names no recommendation of a matching benchmark.`);
      return reply
        .status(created ? 201 : 200)
        .send({ data: presentBaseline(policy), ...(warnings.length > 0 ? { warnings } : {}) });
    },
  );
  app.post(
    "/scan",
    {
      config: { permission: "devices:write" },
      schema: {
        operationId: `startBaselineScan${operationSuffix}`,
        tags,
        body: ScanBody,
        response: { 202: ScanQueued },
      },
    },
    async (request, reply) => {
      const { orgId, baselineId, deviceIds } = request.body;
      const ctx = await owningCtx(request, { table: "policy", id: baselineId }, orgId);
      const queued = await startPolicyScan(ctx, baselineId, deviceIds ?? null);
      const message = queued.jobId === null ? "No device to scan" : "CIS scan queued";
      return reply.status(202).send({ message, baselineId, ...queued });
    },
  );
};
