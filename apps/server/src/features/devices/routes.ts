import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Device, DeviceFindings } from "@holdfast/contracts/own-api";
import { OsType } from "@holdfast/contracts/platform";
import { Type } from "typebox";
import { SkipLimit } from "../../http/paging.ts";
import { ctxOf } from "../../http/request-context.ts";
import { findDeviceFindings } from "../results/find-device-findings.ts";
import type { ScanProgress } from "../scans/scan-progress.ts";
import { getDevice } from "./get-device.ts";
import { listDevices } from "./list-devices.ts";

const Uuid = Type.String({ format: "uuid" });
const ById = Type.Object({ id: Uuid });
const List = Type.Object(
  {
    ...SkipLimit,
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
    (request) => {
      const { skip, limit, ...filter } = request.query;
      return listDevices(ctxOf(request), progress, filter, { offset: skip, limit });
    },
  );
  app.get(
    "/devices/:id",
    { config, schema: { operationId: "getDevice", tags: ["devices"], params: ById, response: { 200: Device } } },
    (request) => getDevice(ctxOf(request), progress, request.params.id),
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
    (request) => findDeviceFindings(ctxOf(request), request.params.id, request.query.policyId),
  );
};
