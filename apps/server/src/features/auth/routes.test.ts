import type { SessionTokens } from "@holdfast/contracts/own-api";
import { describe, expect, it } from "vitest";
import { useApp } from "../../test/app.ts";
import { anApiToken, anOrganisation, aUser } from "../../test/factories.ts";
import { refreshSession } from "./refresh-session.ts";

const testApp = useApp();

async function signedIn() {
  const { services, app } = testApp();
  const { orgId } = await anOrganisation(services);
  const { email, password, userId } = await aUser(services, orgId, ["devices:read"]);
  const response = await app.inject({ method: "POST", url: "/api/v1/auth/sign-in", payload: { email, password } });
  return { orgId, userId, email, password, response, tokens: response.json<SessionTokens>() };
}

const me = (token: string) =>
  testApp().app.inject({ url: "/api/v1/auth/me", headers: { authorization: `Bearer ${token}` } });
const refresh = (payload: object, cookies: Record<string, string> = {}) =>
  testApp().app.inject({ method: "POST", url: "/api/v1/auth/refresh", payload, cookies });

describe("signing in", () => {
  it("gives tokens and a cookie that scripts cannot read", async () => {
    const { response, tokens, email, orgId } = await signedIn();
    expect(response.statusCode).toBe(200);
    expect(response.cookies).toMatchObject([
      { name: "holdfast_refresh", httpOnly: true, sameSite: "Strict", path: "/api/v1/auth" },
    ]);
    expect((await me(tokens.accessToken)).json()).toMatchObject({
      email,
      organisations: [{ id: orgId, permissions: ["devices:read"] }],
    });
  });

  it("tells an unknown address and a wrong password alike, and stops guessing", async () => {
    const { email } = await signedIn();
    const attempt = (payload: object) => testApp().app.inject({ method: "POST", url: "/api/v1/auth/sign-in", payload });
    const unknown = await attempt({ email: "nobody@example.org", password: "x" });
    const wrong = await attempt({ email: email.toUpperCase(), password: "x" });
    expect([unknown.statusCode, wrong.statusCode]).toEqual([401, 401]);
    expect(unknown.json()).toEqual(wrong.json());
    const statuses = [];
    for (let n = 0; n < 12; n += 1) statuses.push((await attempt({ email, password: "x" })).statusCode);
    expect(statuses).toContain(429);
  });
});

describe("a session", () => {
  it("is refreshed from the body or the cookie, and each token is good once", async () => {
    const { tokens } = await signedIn();
    const next = (await refresh({ refreshToken: tokens.refreshToken })).json<SessionTokens>();
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    const third = await refresh({}, { holdfast_refresh: next.refreshToken });
    expect(third.statusCode).toBe(200);
    expect((await refresh({ refreshToken: "hfr_nothing" })).statusCode).toBe(401);
    expect((await refresh({})).statusCode).toBe(401);
  });

  it("ends when any of its earlier tokens is used again", async () => {
    const { tokens } = await signedIn();
    const second = (await refresh({ refreshToken: tokens.refreshToken })).json<SessionTokens>();
    const third = (await refresh({ refreshToken: second.refreshToken })).json<SessionTokens>();
    expect((await me(third.accessToken)).statusCode).toBe(200);
    expect((await refresh({ refreshToken: tokens.refreshToken })).statusCode).toBe(401);
    expect((await refresh({ refreshToken: third.refreshToken })).statusCode).toBe(401);
    expect((await me(third.accessToken)).statusCode).toBe(401);
  });

  it("bears two tabs that refresh by one cookie at once, for ten seconds", async () => {
    const { tokens } = await signedIn();
    const { services, secrets } = testApp();
    const cookies = { holdfast_refresh: tokens.refreshToken };
    expect((await refresh({}, cookies)).statusCode).toBe(200);
    const second = await refresh({}, cookies);
    expect(second.statusCode).toBe(200);
    const later = new Date(Date.now() + 11_000);
    const late = refreshSession(services, secrets.sessionKey, tokens.refreshToken, true, later);
    await expect(late).rejects.toMatchObject({ code: "unauthenticated" });
    expect((await me(second.json<SessionTokens>().accessToken)).statusCode).toBe(401);
  });

  it("ends with signing out", async () => {
    const { tokens } = await signedIn();
    const out = await testApp().app.inject({
      method: "POST",
      url: "/api/v1/auth/sign-out",
      cookies: { holdfast_refresh: tokens.refreshToken },
    });
    expect(out.statusCode).toBe(204);
    expect((await me(tokens.accessToken)).statusCode).toBe(401);
  });
});

describe("a request", () => {
  const get = (url: string, token: string, org?: string) =>
    testApp().app.inject({
      url,
      headers: { authorization: `Bearer ${token}`, ...(org === undefined ? {} : { "x-holdfast-org": org }) },
    });

  it("acts in the organisation it names, if its sender belongs there", async () => {
    const { services } = testApp();
    const first = await anOrganisation(services);
    const second = await anOrganisation(services);
    const token = await anApiToken(services, first.orgId);
    expect((await get("/api/v1/devices", token, first.orgId)).statusCode).toBe(200);
    expect((await get("/api/v1/devices", token, second.orgId)).statusCode).toBe(404);
    expect((await get("/api/v1/devices", token, "nonsense")).statusCode).toBe(422);
    const { tokens } = await signedIn();
    expect((await get("/api/v1/devices", tokens.accessToken)).statusCode).toBe(200);
    expect((await get("/api/v1/devices", tokens.accessToken, first.orgId)).statusCode).toBe(404);
  });

  it("needs the route's permission", async () => {
    const { services, app } = testApp();
    const { orgId } = await anOrganisation(services);
    const none = await anApiToken(services, orgId, []);
    const reader = await anApiToken(services, orgId, ["devices:read"]);
    expect((await get("/api/v1/devices", none)).statusCode).toBe(403);
    expect((await get("/cis/baselines", none)).json()).toEqual({ error: expect.stringContaining("devices:read") });
    const create = await app.inject({
      method: "POST",
      url: "/api/v1/compliance/policies",
      headers: { authorization: `Bearer ${reader}` },
      payload: { nonsense: true },
    });
    expect(create.statusCode).toBe(403);
    expect(create.json()).toMatchObject({ status: 403, code: "forbidden" });
  });
});
