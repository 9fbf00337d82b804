import { describe, expect, it } from "vitest";
import { useApp } from "../test/app.ts";
import { aDevice, anApiToken, anOrganisation, aUser } from "../test/factories.ts";
import { sendSigned } from "../test/signed-agent.ts";

const testApp = useApp({ rateLimits: { credential: 5, address: 40, signIn: 0 } });
const get = (token: string, url = "/api/v1/devices") =>
  testApp().app.inject({ url, headers: { authorization: `Bearer ${token}` } });

describe("requests", () => {
  it("are counted per credential, say how many are left, and are refused with a time to wait", async () => {
    const { orgId } = await anOrganisation(testApp().services);
    const token = await anApiToken(testApp().services, orgId);
    const first = await get(token);
    expect(first.headers).toMatchObject({ "ratelimit-limit": "5", "ratelimit-remaining": "4" });
    expect(Number(first.headers["ratelimit-reset"])).toBeGreaterThan(0);
    for (let n = 0; n < 4; n += 1) await get(token, "/cis/baselines");
    const refused = await get(token);
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ status: 429, code: "too_many_requests" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await get(token, "/cis/baselines")).json()).toEqual({ error: expect.stringContaining("try again") });
    expect((await get(await anApiToken(testApp().services, orgId))).statusCode).toBe(200);
  });

  it("of devices are counted for each on its own", async () => {
    const { owner } = await anOrganisation(testApp().services);
    const answer = await sendSigned(testApp().app, await aDevice(owner), "GET", "/schedule");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["ratelimit-limit"]).toBe("1200");
  });

  it("with credentials that are none are refused before long", async () => {
    const statuses = [];
    for (let n = 0; n < 60; n += 1) statuses.push((await get(`hf_${n}`)).statusCode);
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("an address of an account", () => {
  it("is locked after wrong passwords, longer each time, also from elsewhere and with the right one", async () => {
    const { services, app } = testApp();
    const { orgId } = await anOrganisation(services);
    const { email, password } = await aUser(services, orgId);
    const signIn = (tried: string, remoteAddress: string) =>
      app.inject({ method: "POST", url: "/api/v1/auth/sign-in", payload: { email, password: tried }, remoteAddress });
    const wrong = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((n) => signIn("wrong", `10.0.0.${n}`)));
    expect(wrong.map(({ statusCode }) => statusCode).sort()).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const refused = await signIn(password, "10.0.0.9");
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(25);
    const unknown = { email: "nobody@example.org", password: "x" };
    const guess = () =>
      app.inject({ method: "POST", url: "/api/v1/auth/sign-in", payload: unknown, remoteAddress: "10.0.0.8" });
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await guess()).statusCode);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });
});
