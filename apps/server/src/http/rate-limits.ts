import fastifyRateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { TooManyRequests } from "../errors.ts";

/** How many requests a minute; each process counts for itself. 0: as many as come. */
export interface RateLimits {
  /** Of one API token or session. */
  readonly credential: number;
  /** Of one address, where no one is signed in: pages, sign-in, enrolment, credentials that are none. */
  readonly address: number;
  /** Sign-ins of one address, right ones too. */
  readonly signIn: number;
}

export const defaultRateLimits: RateLimits = { credential: 6000, address: 6000, signIn: 300 };

/** Of one device. An agent needs a few. */
const device = 1200;
const minuteMs = 60_000;
const maxKeys = 50_000;

/**
 * Counts every request of an instance, once it is known who sends it, and says how many are left: `RateLimit-Limit`,
 * `-Remaining` and `-Reset` (draft-ietf-httpapi-ratelimit-headers-07) in seconds; `Retry-After` with a refusal.
 */
export async function limitRates(app: FastifyInstance, limits: RateLimits): Promise<void> {
  const counted = (limit: number): number => (limit === 0 ? Number.MAX_SAFE_INTEGER : limit);
  await app.register(fastifyRateLimit, {
    global: true,
    hook: "preParsing",
    enableDraftSpec: true,
    timeWindow: minuteMs,
    cache: maxKeys,
    max: (request: FastifyRequest) => {
      if (request.entered !== null) return counted(limits.credential);
      return deviceOf(request) === null ? counted(limits.address) : device;
    },
    keyGenerator: keyOf,
    errorResponseBuilder: (_: unknown, { ttl }: { readonly ttl: number }) => refusal(Math.ceil(ttl / 1000)),
  });
}

/**
 * Counts credentials that are none, per address; without it, guessing them would be free.
 *
 * @returns what to call with such a request. @throws TooManyRequests
 */
export function limitRefusals(app: FastifyInstance): (request: FastifyRequest, reply: FastifyReply) => Promise<void> {
  // Without limits, as in some tests, nobody counts.
  if (!app.hasDecorator("createRateLimit")) return async () => undefined;
  const count = app.createRateLimit({ keyGenerator: (request: FastifyRequest) => `refused ${request.ip}` });
  return async (request, reply) => {
    const state = await count(request);
    if (state.isAllowed) return;
    reply.header("ratelimit-limit", state.max).header("ratelimit-remaining", state.remaining);
    reply.header("ratelimit-reset", state.ttlInSeconds);
    if (state.isExceeded) throw refusal(state.ttlInSeconds);
  };
}

function keyOf(request: FastifyRequest): string {
  const { entered, ip } = request;
  if (entered !== null) return `${entered.principal.type} ${entered.principal.id}`;
  const id = deviceOf(request);
  return id === null ? ip : `${ip} ${id}`;
}

function deviceOf({ url, headers }: FastifyRequest): string | null {
  const id = headers["x-holdfast-device"];
  return url.startsWith("/agent/") && typeof id === "string" ? id.slice(0, 36) : null;
}

function refusal(seconds: number): TooManyRequests {
  return new TooManyRequests(`Too many requests; try again in ${seconds} seconds.`, seconds);
}
