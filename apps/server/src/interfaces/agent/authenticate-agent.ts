import type { FastifyRequest } from "fastify";
import type { Ctx, Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { findDeviceForAgent } from "../../features/devices/queries.ts";
import { isSignedBy, type ReplayGuard, signatureWindowMs } from "../../http/agent-signature.ts";

export interface AgentContext {
  readonly ctx: Ctx;
  readonly deviceId: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * The device that signed a request.
 *
 * @param bytes the body as it came.
 * @throws Unauthenticated, saying which part is wrong; an unknown device and a wrong signature are told alike.
 */
export async function authenticateAgent(
  services: Services,
  replays: ReplayGuard,
  request: FastifyRequest,
  bytes: Uint8Array,
): Promise<AgentContext> {
  const deviceId = header(request, "x-holdfast-device").toLowerCase();
  const time = header(request, "x-holdfast-time");
  const signature = header(request, "x-holdfast-signature");
  const now = new Date();
  const timeMs = Number(time);
  if (!/^\d{1,16}$/.test(time) || Math.abs(now.getTime() - timeMs) > signatureWindowMs) {
    throw new Unauthenticated("x-holdfast-time is more than 5 minutes off; set the device's clock.");
  }
  if (!uuid.test(deviceId)) throw new Unauthenticated("x-holdfast-device is not a device's id.");
  const device = await findDeviceForAgent(services.db, deviceId);
  const message = { method: request.method, pathAndQuery: request.url, timeMs, bytes };
  if (device === null || !isSignedBy(device.publicKey, message, signature)) {
    throw new Unauthenticated("The signature is not this device's; enrol it again if it was removed.");
  }
  if (request.method !== "GET" && !replays.admit(`${deviceId} ${signature}`, now.getTime())) {
    throw new Unauthenticated("This request was sent before; sign it anew.");
  }
  const actor = { type: "agent", id: device.id, label: device.hostname, permissions: new Set<never>() } as const;
  return { deviceId: device.id, ctx: { services, orgId: device.orgId, now, actor, requestId: request.id } };
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value !== "string" || value.length > 200) throw new Unauthenticated(`The header ${name} is missing.`);
  return value;
}
