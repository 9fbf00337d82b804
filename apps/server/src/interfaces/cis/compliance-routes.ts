import { negotiate } from "@fastify/accept-negotiator";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { OsType } from "@holdfast/contracts/platform";
import { roundScore } from "@holdfast/contracts/scoring";
import type { FastifyReply, FastifyRequest } from "fastify";
import { type Static, Type } from "typebox";
import { listCompliance } from "../../features/compliance/list-compliance.ts";
import type { ComplianceRow } from "../../features/compliance/queries.ts";
import { isOnline } from "../../features/devices/present.ts";
import { getDeviceReport } from "../../features/results/get-device-report.ts";
import { ShownFindings, type ShownResult } from "../../features/results/shown-findings.ts";
import { type DeflatedText, gzipOf, inflateTexts, storeText } from "../../http/deflated-text.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { ctxIn } from "../../http/request-context.ts";
import { BaselineName, presentBaseline, presentBaselineName } from "./baseline-schema.ts";
import { presentFinding } from "./finding-schema.ts";
import { type CisOptions, Pagination, pageOf, tags, Uuid } from "./paging.ts";
import { BaselineDevice, BaselineResult, DeviceReport, presentCounted, presentResult } from "./result-schema.ts";

const Score = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));
const ComplianceQuery = Type.Object({
  orgId: Type.Optional(Uuid),
  baselineId: Type.Optional(Uuid),
  osType: Type.Optional(OsType),
  minScore: Score,
  maxScore: Score,
  ...pageOf(500, 200),
});
const ComplianceOverview = Type.Object({
  data: Type.Array(Type.Object({ result: BaselineResult, baseline: BaselineName, device: BaselineDevice })),
  summary: Type.Object({
    devicesAudited: Type.Integer({ description: "Devices of which anything was evaluated." }),
    averageScore: Type.Union([Type.Integer(), Type.Null()]),
    failingDevices: Type.Integer({ description: "Devices with a failed check." }),
    compliantDevices: Type.Integer({ description: "Devices without a failed check." }),
  }),
  pagination: Pagination,
});
const ReportQuery = Type.Object({ baselineId: Type.Optional(Uuid), limit: pageOf(200, 50).limit });

/** What scans found. */
export const cisComplianceRoutes: FastifyPluginAsyncTypebox<CisOptions> = async (app, { operationSuffix }) => {
  const shown = new ShownFindings(presentFinding);
  app.get(
    "/compliance",
    {
      config: { permission: "devices:read" },
      schema: {
        operationId: `getCisCompliance${operationSuffix}`,
        tags,
        querystring: ComplianceQuery,
        response: { 200: ComplianceOverview },
      },
    },
    async (request) => {
      const { orgId, baselineId: policyId, osType, minScore, maxScore, limit, offset } = request.query;
      const ctx =
        policyId === undefined
          ? await ctxIn(request, orgId)
          : await owningCtx(request, { table: "policy", id: policyId }, orgId);
      const filter = { policyId, osType, minScore, maxScore };
      const { items, summary } = await listCompliance(ctx, filter, { limit, offset });
      const { total, devicesAudited, averageScore, failingDevices } = summary;
      return {
        data: items.map((row) => presentRow(ctx.orgId, ctx.now, row)),
        summary: {
          devicesAudited,
          averageScore: averageScore === null ? null : roundScore(averageScore, 0),
          failingDevices,
          compliantDevices: devicesAudited - failingDevices,
        },
        pagination: { limit, offset, total },
      };
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
    async (request, reply) => {
      const { deviceId } = request.params;
      const { baselineId: policyId, limit } = request.query;
      const ctx = await owningCtx(request, { table: "device", id: deviceId });
      const { device, reports } = await getDeviceReport(ctx, deviceId, { policyId, limit }, shown);
      const { id, hostname, osType } = device;
      const answer = {
        device: { id, hostname, osType, status: statusOf(device, ctx.now) },
        reports: reports.map(({ result, policy }) => ({
          result: presentResult(result),
          baseline: presentBaseline(policy),
        })),
      };
      return sendJson(request, reply, reportTexts(answer, reports));
    },
  );
};

/** Deflated texts go out as they are, past the serialiser, to whoever takes gzip. */
function sendJson(request: FastifyRequest, reply: FastifyReply, texts: readonly DeflatedText[]): FastifyReply {
  reply.type("application/json; charset=utf-8").header("vary", "accept-encoding");
  if (negotiate(request.headers["accept-encoding"] ?? "", ["gzip"]) === null) return reply.send(inflateTexts(texts));
  return reply.header("content-encoding", "gzip").send(gzipOf(texts));
}

/** The answer as JSON, with the findings, which are text already, in their places. */
function reportTexts({ device, reports }: Static<typeof DeviceReport>, shown: readonly ShownResult[]): DeflatedText[] {
  const parts = reports.flatMap(({ result: { findings: _, ...result }, baseline }, place) => [
    storeText(Buffer.from(`${place === 0 ? "" : ","}{"result":${JSON.stringify(result).slice(0, -1)},"findings":`)),
    shown[place]?.findings ?? storeText(Buffer.from("[]")),
    storeText(Buffer.from(`},"baseline":${JSON.stringify(baseline)}}`)),
  ]);
  const head = storeText(Buffer.from(`{"device":${JSON.stringify(device)},"reports":[`));
  return [head, ...parts, storeText(Buffer.from("]}"))];
}

function presentRow(orgId: string, now: Date, row: ComplianceRow) {
  return {
    result: presentCounted(orgId, row),
    baseline: presentBaselineName(row.policyId, row),
    device: { id: row.deviceId, hostname: row.hostname, osType: row.deviceOs, status: statusOf(row, now) },
  };
}

function statusOf(device: Parameters<typeof isOnline>[0], now: Date): "online" | "offline" {
  return isOnline(device, now) ? "online" : "offline";
}
