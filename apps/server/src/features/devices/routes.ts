import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Device, DeviceFindings } from "@holdfast/contracts/own-api";
import { OsType } from "@holdfast/contracts/platform";
import { Type } from "typebox";
import { ById, InOrganisation, PageInOrganisation, Uuid } from "../../http/own-schemas.ts";
import { owningCtx } from "../../http/owning-context.ts";
import { ctxIn } from "../../http/request-context.ts";
import { findDeviceFindings } from "../results/find-device-findings.ts";
import type { ScanProgress } from "../scans/scan-progress.ts";
import { deleteDevice } from "./delete-device.ts";
import { getDevice } from "./get-device.ts";
import { listDevices } from "./list-devices.ts";

const List = Type.Object(
  {
    ...PageInOrganisation.properties,
    os: Type.Optional(OsType),
    status: Type.Optional(Type.Enum(["online", "offline"])),
    search: Type.Optional(Type.String({ maxLength: 253, description: "Part of the host name." })),
  },
  { additionalProperties: false },
);
const ByPolicy = Type.Object({ policyId: Type.Optional(Uuid) }, { additionalProperties: false });

export interface DeviceRouteOptions {
  readonly progress: ScanProgress;
}

export const deviceRoutes: FastifyPluginAsyncTypebox<DeviceRouteOptions> = async (app, { progress }) => {
  const config = { permission: "devices:read" } as const;
  app.get(
    "/devices",
    {
      config,
      schema: {
        operationId: "listDevices",
        tags: ["devices"],
        querystring: List,
        response: { 200: Type.Object({ items: Type.Array(Device), total: Type.Integer() }) },
      },
    },
    async (request) => {
      const { skip, limit, orgId, ...filter } = request.query;
      return listDevices(await ctxIn(request, orgId), progress, filter, { offset: skip, limit });
    },
  );
  app.get(
    "/devices/:id",
    { config, schema: { operationId: "getDevice", tags: ["devices"], params: ById, response: { 200: Device } } },
    async (request) => {
      const { id } = request.params;
      return getDevice(await owningCtx(request, { table: "device", id }), progress, id);
    },
  );
  app.delete(
    "/devices/:id",
    {
      config: { permission: "orgs:write" },
      schema: {
        operationId: "deleteDevice",
        summary: "Remove a device with its results; its agent is refused from then on",
        tags: ["devices"],
        params: ById,
        querystring: InOrganisation,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await deleteDevice(await owningCtx(request, { table: "device", id }, request.query.orgId), id);
      return reply.status(204).send(null);
    },
  );
  app.get(
    "/devices/:id/findings",
    {
      config,
      schema: {
        operationId: "getDeviceFindings",
        tags: ["devices"],
        params: ById,
        querystring: ByPolicy,
        response: { 200: DeviceFindings },
      },
    },
    async (request) => {
      const { id } = request.params;
      return findDeviceFindings(await owningCtx(request, { table: "device", id }), id, request.query.policyId);
    },
  );
};
