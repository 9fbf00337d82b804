import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { getStats } from "../../features/statistics/get-stats.ts";
import { getTrend } from "../../features/statistics/get-trend.ts";
import { listNonCompliant } from "../../features/statistics/list-non-compliant.ts";
import { listTopFailing } from "../../features/statistics/list-top-failing.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import { Days } from "./agent-routes.ts";
import {
  ComplianceStats,
  NonCompliantAgents,
  presentFailingCheck,
  presentNonCompliant,
  presentStats,
  presentTrendPoint,
  TopFailingCheck,
  TrendItem,
} from "./statistic-schema.ts";
import { closed, reading, tags, Uuid } from "./vocabulary.ts";

const policy_id = Type.Optional(Uuid);
const Trend = Type.Object({ policy_id, days: Days }, closed);
const TopFailing = Type.Object({ policy_id, limit: Type.Integer({ minimum: 1, maximum: 500, default: 10 }) }, closed);

/** What interface A says of all agents. */
export const statisticRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/stats",
    {
      config: reading,
      schema: {
        operationId: "getComplianceStats",
        tags,
        querystring: Type.Object({ policy_id }, closed),
        response: { 200: ComplianceStats },
      },
    },
    async (request) => presentStats(await getStats(ctxOf(request), request.query.policy_id)),
  );
  app.get(
    "/stats/top-failing",
    {
      config: reading,
      schema: {
        operationId: "listTopFailingChecks",
        tags,
        querystring: TopFailing,
        response: { 200: Type.Array(TopFailingCheck) },
      },
    },
    async (request) => {
      const { policy_id: policyId, limit } = request.query;
      const { checks, totalAgents } = await listTopFailing(ctxOf(request), policyId, limit);
      return checks.map((check) => presentFailingCheck(check, totalAgents));
    },
  );
  app.get(
    "/stats/non-compliant",
    {
      config: reading,
      schema: {
        operationId: "listNonCompliantAgents",
        tags,
        querystring: Type.Object({ ...SkipLimit, policy_id }, closed),
        response: { 200: NonCompliantAgents },
      },
    },
    async (request) => {
      const ctx = ctxOf(request);
      const { policy_id: policyId, skip, limit } = request.query;
      const { agents, total } = await listNonCompliant(ctx, policyId, { offset: skip, limit });
      return { agents: agents.map((agent) => presentNonCompliant(ctx.services, agent)), total };
    },
  );
  app.get(
    "/trend",
    {
      config: reading,
      schema: {
        operationId: "getComplianceTrend",
        tags,
        querystring: Trend,
        response: { 200: Type.Array(TrendItem) },
      },
    },
    async (request) => {
      const { policy_id: policyId, days } = request.query;
      return (await getTrend(ctxOf(request), policyId, days)).map(presentTrendPoint);
    },
  );
};
