import type { FastifyRequest } from "fastify";
import type { Ctx, Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { findDevicesForAgents, type Sender } from "../../features/devices/queries.ts";
import { Gathered } from "../../gathered.ts";
import { isSignedBy, ReplayGuard, signatureWindowMs } from "../../http/agent-signature.ts";

export interface AgentContext {
  readonly ctx: Ctx;
  readonly deviceId: string;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Finds out which devices send requests. */
export class AgentGate {
  readonly #services: Services;
  readonly #replays = new ReplayGuard();
  readonly #devices: Gathered<string, Sender | null>;

  constructor(services: Services) {
    this.#services = services;
    this.#devices = new Gathered(
      (ids) => findDevicesForAgents(services.db, ids),
      (id) => id,
    );
  }

  /**
   * The device that signed a request.
   *
   * @param bytes the body as it came.
   * @throws Unauthenticated, saying which part is wrong; an unknown device and a wrong signature are told alike.
   */
  async admit(request: FastifyRequest, bytes: Uint8Array): Promise<AgentContext> {
    const deviceId = header(request, "x-holdfast-device").toLowerCase();
    const time = header(request, "x-holdfast-time");
    const signature = header(request, "x-holdfast-signature");
    const now = new Date();
    const timeMs = Number(time);
    if (!/^\d{1,16}$/.test(time) || Math.abs(now.getTime() - timeMs) > signatureWindowMs) {
      throw new Unauthenticated("x-holdfast-time is more than 5 minutes off; set the device's clock.");
    }
    if (!uuid.test(deviceId)) throw new Unauthenticated("x-holdfast-device is not a device's id.");
    const device = await this.#devices.call(deviceId);
    const message = { method: request.method, pathAndQuery: request.url, timeMs, bytes };
    if (device === null || !isSignedBy(device.publicKey, message, signature)) {
      throw new Unauthenticated("The signature is not this device's; enrol it again if it was removed.");
    }
    if (request.method !== "GET" && !this.#replays.admit(`${deviceId} ${signature}`, now.getTime())) {
      throw new Unauthenticated("This request was sent before; sign it anew.");
    }
    const { id, orgId, hostname } = device;
    const actor = { type: "agent", id, label: hostname, permissions: new Set<never>() } as const;
    return { deviceId: id, ctx: { services: this.#services, orgId, now, actor, requestId: request.id } };
  }
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value !== "string" || value.length > 200) throw new Unauthenticated(`The header ${name} is missing.`);
  return value;
}
