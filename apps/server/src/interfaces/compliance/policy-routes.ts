import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { createPolicy } from "../../features/policies/create-policy.ts";
import { deletePolicy } from "../../features/policies/delete-policy.ts";
import { getPolicy } from "../../features/policies/get-policy.ts";
import { listPolicies } from "../../features/policies/list-policies.ts";
import { togglePolicy } from "../../features/policies/toggle-policy.ts";
import { updatePolicy } from "../../features/policies/update-policy.ts";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import {
  CompliancePolicy,
  CompliancePolicyChange,
  NewCompliancePolicy,
  presentPolicy,
  toNewPolicy,
  toPolicyChange,
} from "./policy-schema.ts";
import { ById, changing, closed, NoQuery, reading, tags } from "./vocabulary.ts";

const List = Type.Object({ ...SkipLimit, enabled: Type.Optional(Type.Boolean()) }, closed);

export const policyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    "/policies",
    {
      config: reading,
      schema: {
        operationId: "listCompliancePolicies",
        tags,
        querystring: List,
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
      config: changing,
      schema: {
        operationId: "createCompliancePolicy",
        tags,
        querystring: NoQuery,
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
      schema: {
        operationId: "getCompliancePolicy",
        tags,
        params: ById,
        querystring: NoQuery,
        response: { 200: CompliancePolicy },
      },
    },
    async (request) => presentPolicy(await getPolicy(ctxOf(request), request.params.id)),
  );
  app.put(
    "/policies/:id",
    {
      config: changing,
      schema: {
        operationId: "updateCompliancePolicy",
        tags,
        params: ById,
        querystring: NoQuery,
        body: CompliancePolicyChange,
        response: { 200: CompliancePolicy },
      },
    },
    async (request) => {
      const change = toPolicyChange(request.body);
      return presentPolicy(await updatePolicy(ctxOf(request), request.params.id, change));
    },
  );
  app.delete(
    "/policies/:id",
    {
      config: changing,
      schema: {
        operationId: "deleteCompliancePolicy",
        tags,
        params: ById,
        querystring: NoQuery,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await deletePolicy(ctxOf(request), request.params.id);
      return reply.status(204).send(null);
    },
  );
  app.post(
    "/policies/:id/toggle",
    {
      config: changing,
      schema: {
        operationId: "toggleCompliancePolicy",
        tags,
        params: ById,
        querystring: NoQuery,
        response: { 200: CompliancePolicy },
      },
    },
    async (request) => presentPolicy(await togglePolicy(ctxOf(request), request.params.id)),
  );
};
