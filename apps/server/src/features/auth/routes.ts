import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { PasswordChange } from "@holdfast/contracts/administration";
import { Me, SessionTokens, SignIn } from "@holdfast/contracts/own-api";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Services } from "../../context.ts";
import { Unauthenticated } from "../../errors.ts";
import { FailureLimit } from "../../http/failure-limit.ts";
import { ctxOf, principalOf } from "../../http/request-context.ts";
import { changePassword } from "../users/change-password.ts";
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
  /** Of one address; 0: as many as come. */
  readonly signInsPerMinute: number;
}

/** Signing in, staying so, and signing out. The refresh token travels in the answer and in a cookie scripts cannot read. */
export const authRoutes: FastifyPluginAsyncTypebox<AuthOptions> = async (app, options) => {
  const { services, sessionKey, signInsPerMinute } = options;
  const failures = new FailureLimit();
  app.post(
    "/auth/sign-in",
    {
      config: { public: true, ...(signInsPerMinute === 0 ? {} : { rateLimit: { max: signInsPerMinute } }) },
      schema: {
        operationId: "signIn",
        summary: "Open a session",
        description:
          "After five wrong passwords in a row an address is locked for 30 seconds, then for twice as long each time.",
        tags: ["auth"],
        body: SignIn,
        response: { 200: SessionTokens },
      },
    },
    async (request, reply) => {
      failures.assertAllowed(request.ip);
      try {
        return remember(reply, request, await signIn(services, sessionKey, request.body));
      } catch (error) {
        failures.failed(request.ip);
        throw error;
      }
    },
  );
  app.post(
    "/auth/refresh",
    {
      config: { public: true },
      schema: {
        operationId: "refreshSession",
        summary: "Exchange a refresh token; each is good once",
        description: "The token is that of the body, else of the cookie. Using one again ends its session.",
        tags: ["auth"],
        body: Refresh,
        response: { 200: SessionTokens },
      },
    },
    async (request, reply) => {
      const given = request.body?.refreshToken;
      const token = refreshTokenOf(request, given);
      if (token === null) throw new Unauthenticated("There is no session to refresh; sign in.");
      return remember(reply, request, await refreshSession(services, sessionKey, token, given === undefined));
    },
  );
  app.post(
    "/auth/password",
    {
      config: { account: true },
      schema: {
        operationId: "changePassword",
        summary: "Change one's own password, ending one's other sessions",
        tags: ["auth"],
        body: PasswordChange,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { sessionId } = principalOf(request);
      await changePassword(ctxOf(request), sessionId, request.body);
      return reply.status(204).send(null);
    },
  );
  app.post(
    "/auth/sign-out",
    {
      config: { public: true },
      schema: {
        operationId: "signOut",
        summary: "End a session",
        tags: ["auth"],
        body: Refresh,
        response: { 204: Type.Null() },
      },
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
      schema: {
        operationId: "getMe",
        summary: "Who is signed in, and where they may work",
        tags: ["auth"],
        response: { 200: Me },
      },
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
