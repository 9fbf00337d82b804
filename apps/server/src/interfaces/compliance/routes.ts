import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { createPolicy } from "../../features/policies/create-policy.ts";
import { getPolicy } from "../../features/policies/get-policy.ts";
import { listPolicies } from "../../features/policies/list-policies.ts";
import { findDeviceScore } from "../../features/results/find-device-score.ts";
import { listDeviceFindings } from "../../features/results/list-device-findings.ts";
import { startScan } from "../../features/scans/start-scan.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import { CompliancePolicy, NewCompliancePolicy, presentPolicy, toNewPolicy } from "./policy-schema.ts";
import { AgentScore, ComplianceResult, presentResults, presentScore } from "./result-schema.ts";
import { ResultStatus, Uuid } from "./vocabulary.ts";

const tags = ["compliance"];
const closed = { additionalProperties: false };
const reading = { permission: "devices:read" } as const;
const ById = Type.Object({ id: Uuid });
const ByAgent = Type.Object({ uuid: Uuid });
const PolicyList = Type.Object({ ...SkipLimit, enabled: Type.Optional(Type.Boolean()) }, closed);
const ResultList = Type.Object(
  { ...SkipLimit, policy_id: Type.Optional(Uuid), status: Type.Optional(ResultStatus) },
  closed,
);
const OfPolicy = Type.Object({ policy_id: Uuid }, closed);
const Triggered = Type.Object({ status: Type.Literal("triggered"), agent_uuid: Uuid, policy_id: Uuid });

/** Interface A, under /api/v1/compliance. */
export const complianceRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/policies",
    {
      config: reading,
      schema: {
        operationId: "listCompliancePolicies",
        tags,
        querystring: PolicyList,
        response: { 200: Type.Object({ items: Type.Array(CompliancePolicy), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const { skip, limit, enabled } = request.query;
      const { items, total } = await listPolicies(ctxOf(request), { enabled }, { offset: skip, limit });
      return { items: items.map(presentPolicy), total };
    },
  );
  app.post(
    "/policies",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: "createCompliancePolicy",
        tags,
        body: NewCompliancePolicy,
        response: { 201: CompliancePolicy },
      },
    },
    async (request, reply) => {
      const policy = await createPolicy(ctxOf(request), toNewPolicy(request.body));
      return reply.status(201).send(presentPolicy(policy));
    },
  );
  app.get(
    "/policies/:id",
    {
      config: reading,
      schema: { operationId: "getCompliancePolicy", tags, params: ById, response: { 200: CompliancePolicy } },
    },
    async (request) => presentPolicy(await getPolicy(ctxOf(request), request.params.id)),
  );
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
