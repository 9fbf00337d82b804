import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Me, SessionTokens, SignIn } from "@holdfast/contracts/own-api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { FailureLimit } from "../../http/failure-limit.ts";
import { principalOf } from "../../http/request-context.ts";
import { findMe } from "./find-me.ts";
import { refreshSession } from "./refresh-session.ts";
import { sessionLifetime, signIn } from "./sign-in.ts";
import { signOut } from "./sign-out.ts";

const cookieName = "holdfast_refresh";
const cookiePath = "/api/v1/auth";
const Refresh = Type.Union([
  Type.Object({ refreshToken: Type.Optional(Type.String({ maxLength: 200 })) }),
  Type.Null(),
]);

export interface AuthOptions {
  readonly services: Services;
  readonly sessionKey: Uint8Array;
}

/** Signing in, staying so, and signing out. The refresh token travels in the answer and in a cookie scripts cannot read. */
export const authRoutes: FastifyPluginAsyncTypebox<AuthOptions> = async (app, { services, sessionKey }) => {
  const guesses = new FailureLimit();
  app.post(
    "/auth/sign-in",
    {
      config: { public: true, rateLimit: { max: 300, timeWindow: 60_000 } },
      schema: { operationId: "signIn", tags: ["auth"], body: SignIn, response: { 200: SessionTokens } },
    },
    async (request, reply) => {
      // Guesses are counted per address they are for and per sender.
      const who = `${request.ip} ${request.body.email.toLowerCase()}`;
      guesses.assertAllowed(who);
      try {
        const tokens = await signIn(services, sessionKey, request.body);
        guesses.succeeded(who);
        return remember(reply, request, tokens);
      } catch (error) {
        guesses.failed(who);
        throw error;
      }
    },
  );
  app.post(
    "/auth/refresh",
    {
      config: { public: true, rateLimit: { max: 600, timeWindow: 60_000 } },
      schema: { operationId: "refreshSession", tags: ["auth"], body: Refresh, response: { 200: SessionTokens } },
    },
    async (request, reply) => {
      const token = refreshTokenOf(request, request.body?.refreshToken);
      if (token === null) throw new Unauthenticated("There is no session to refresh; sign in.");
      return remember(reply, request, await refreshSession(services, sessionKey, token));
    },
  );
  app.post(
    "/auth/sign-out",
    {
      config: { public: true },
      schema: { operationId: "signOut", tags: ["auth"], body: Refresh, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const token = refreshTokenOf(request, request.body?.refreshToken);
      if (token !== null) await signOut(services, token);
      return reply.clearCookie(cookieName, { path: cookiePath }).status(204).send(null);
    },
  );
  app.get(
    "/auth/me",
    {
      config: { account: true },
      schema: { operationId: "getMe", tags: ["auth"], response: { 200: Me } },
    },
    (request) => findMe(services, principalOf(request)),
  );
};

function refreshTokenOf(request: FastifyRequest, given: string | undefined): string | null {
  return given ?? request.cookies[cookieName] ?? null;
}

function remember(reply: FastifyReply, request: FastifyRequest, tokens: SessionTokens): SessionTokens {
  reply.setCookie(cookieName, tokens.refreshToken, {
    path: cookiePath,
    httpOnly: true,
    sameSite: "strict",
    secure: request.protocol === "https",
    maxAge: sessionLifetime,
  });
  return tokens;
}
