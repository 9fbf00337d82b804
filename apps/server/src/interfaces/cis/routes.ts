import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { OsType } from "@holdfast/contracts/platform";
import { Type } from "typebox";
import { isOnline } from "../../features/devices/present.ts";
import { unknownExclusions } from "../../features/policies/benchmark-for.ts";
import { listPolicies } from "../../features/policies/list-policies.ts";
import { getDeviceReport } from "../../features/results/get-device-report.ts";
import { startPolicyScan } from "../../features/scans/start-policy-scan.ts";
import { ctxIn, ctxOf } from "../../http/request-context.ts";
import { Baseline, BaselineBody, presentBaseline } from "./baseline-schema.ts";
import { DeviceReport, presentBaselineResult } from "./result-schema.ts";
import { saveBaseline } from "./save-baseline.ts";

const tags = ["cis"];
const Uuid = Type.String({ format: "uuid" });
const offset = Type.Integer({ minimum: 0, maximum: 2_147_483_647, default: 0 });
const Pagination = Type.Object({ limit: Type.Integer(), offset: Type.Integer(), total: Type.Integer() });
const BaselineList = Type.Object({
  orgId: Type.Optional(Uuid),
  osType: Type.Optional(OsType),
  active: Type.Optional(Type.Boolean()),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 100 }),
  offset,
});
const SavedBaseline = Type.Object({
  data: Baseline,
  warnings: Type.Optional(Type.Array(Type.String(), { description: "Exclusions that name no recommendation." })),
});
const ScanBody = Type.Object({
  orgId: Type.Optional(Uuid),
  baselineId: Uuid,
  deviceIds: Type.Optional(Type.Array(Uuid, { maxItems: 500 })),
});
const ScanQueued = Type.Object({
  message: Type.String(),
  jobId: Type.Union([Type.String(), Type.Null()]),
  baselineId: Uuid,
  deviceCount: Type.Integer(),
});
const ReportQuery = Type.Object({
  baselineId: Type.Optional(Uuid),
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
});

export interface CisOptions {
  /** Makes operation ids unique where the same routes are served twice. */
  readonly operationSuffix: string;
}

/** Interface B. */
export const cisRoutes: FastifyPluginAsyncTypebox<CisOptions> = async (app, { operationSuffix }) => {
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
      const ctx = await ctxIn(request, request.body.orgId);
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
      const queued = await startPolicyScan(await ctxIn(request, orgId), baselineId, deviceIds ?? null);
      return reply.status(202).send({ message: "CIS scan queued", baselineId, ...queued });
    },
  );
  app.get(
    "/devices/:deviceId/report",
    {
      config: { permission: "devices:read" },
      schema: {
        operationId: `getDeviceReport${operationSuffix}`,
        tags,
        params: Type.Object({ deviceId: Uuid }),
        querystring: ReportQuery,
        response: { 200: DeviceReport },
      },
    },
    async (request) => {
      const { baselineId: policyId, limit } = request.query;
      const ctx = ctxOf(request);
      const { device, reports } = await getDeviceReport(ctx, request.params.deviceId, { policyId, limit });
      const { id, hostname, osType } = device;
      return {
        device: {
          id,
          hostname,
          osType,
          status: isOnline(device, ctx.now) ? ("online" as const) : ("offline" as const),
        },
        reports: reports.map(({ result, policy, findings }) => ({
          result: presentBaselineResult(result, findings),
          baseline: presentBaseline(policy),
        })),
      };
    },
  );
};
