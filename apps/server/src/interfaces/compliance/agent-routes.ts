import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { findDeviceScore } from "../../features/results/find-device-score.ts";
import { listDeviceFindings } from "../../features/results/list-device-findings.ts";
import { listHistory } from "../../features/results/list-history.ts";
import { startScan } from "../../features/scans/start-scan.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import {
  AgentScore,
  ComplianceResult,
  HistoryItem,
  presentHistoryPoint,
  presentResults,
  presentScore,
} from "./result-schema.ts";
import { ByAgent, closed, ResultStatus, reading, tags, Uuid } from "./vocabulary.ts";

const ResultList = Type.Object(
  { ...SkipLimit, policy_id: Type.Optional(Uuid), status: Type.Optional(ResultStatus) },
  closed,
);
const OfPolicy = Type.Object({ policy_id: Uuid }, closed);
export const Days = Type.Integer({ minimum: 1, maximum: 365, default: 30, description: "How far back, in days." });
const History = Type.Object({ policy_id: Type.Optional(Uuid), days: Days }, closed);
const Triggered = Type.Object({ status: Type.Literal("triggered"), agent_uuid: Uuid, policy_id: Uuid });

/** What interface A says of one agent. */
export const agentRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/results/agent/:uuid",
    {
      config: reading,
      schema: {
        operationId: "listComplianceResults",
        tags,
        params: ByAgent,
        querystring: ResultList,
        response: { 200: Type.Object({ items: Type.Array(ComplianceResult), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const { skip, limit, policy_id: policyId, status } = request.query;
      const results = await listDeviceFindings(ctxOf(request), request.params.uuid, policyId);
      const items = results.flatMap(presentResults).filter((item) => status === undefined || item.status === status);
      return { items: items.slice(skip, skip + limit), total: items.length };
    },
  );
  app.get(
    "/score/agent/:uuid",
    {
      config: reading,
      schema: {
        operationId: "getComplianceScore",
        tags,
        params: ByAgent,
        querystring: OfPolicy,
        response: { 200: AgentScore },
      },
    },
    async (request) =>
      presentScore(await findDeviceScore(ctxOf(request), request.params.uuid, request.query.policy_id)),
  );
  app.get(
    "/history/agent/:uuid",
    {
      config: reading,
      schema: {
        operationId: "listComplianceHistory",
        tags,
        params: ByAgent,
        querystring: History,
        response: { 200: Type.Array(HistoryItem) },
      },
    },
    async (request) => {
      const { policy_id: policyId, days } = request.query;
      const points = await listHistory(ctxOf(request), request.params.uuid, { policyId, days });
      return points.map(presentHistoryPoint);
    },
  );
  app.post(
    "/scan/agent/:uuid",
    {
      config: { permission: "devices:write" },
      schema: {
        operationId: "triggerComplianceScan",
        tags,
        params: ByAgent,
        querystring: OfPolicy,
        response: { 200: Triggered },
      },
    },
    async (request) => {
      const { uuid: deviceId } = request.params;
      const { policy_id: policyId } = request.query;
      await startScan(ctxOf(request), { deviceId, policyId });
      return { status: "triggered" as const, agent_uuid: deviceId, policy_id: policyId };
    },
  );
};
