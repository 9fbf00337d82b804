import { beforeAll, describe, expect, it } from "vitest";
import { useApp } from "./app.ts";
import { aDevice, anApiToken, anOrganisation, aPolicy, type TestDevice } from "./factories.ts";
import { sendSigned } from "./signed-agent.ts";

const testApp = useApp();
let token: string;
let device: TestDevice;
let policyId: string;

beforeAll(async () => {
  const { owner, orgId } = await anOrganisation(testApp().services);
  token = await anApiToken(testApp().services, orgId);
  device = await aDevice(owner);
  policyId = (await aPolicy(owner)).id;
});

const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
const bodies = [
  "",
  "null",
  "[]",
  "1",
  '"x"',
  "{",
  "{}",
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{}}}',
  `{"name":${deep}}`,
  '{"name":"\\u0000","osType":"linux","benchmarkVersion":"1","level":"l1"}',
  '{"name":"\\ud800","osType":"linux","benchmarkVersion":"1","level":"l1"}',
  '{"name":"\\ud800","target_os":"linux"}',
  '{"name":"a","target_os":"linux","passing_score_threshold":1e400}',
  '{"email":"\\u0000@b","password":"\\u0000"}',
  '{"refreshToken":"\\u0000"}',
  '{"message":"\\u0000"}',
  '{"success":true,"beforeState":"\\u0000"}',
  '{"deviceId":"00000000-0000-0000-0000-000000000000","checkIds":["\\ud800"]}',
  '{"actionIds":["00000000-0000-0000-0000-000000000000"],"approved":true,"planHashes":{"__proto__":"x"}}',
  '{"token":"aaaaaaaaaaaaaaaaaaaa","publicKey":"x","hostname":"\\u0000","platform":{},"agentVersion":""}',
  '{"name":"a","osType":"linux","benchmarkVersion":"\\ud800","level":"l1","customExclusions":["\\ud800"]}',
  '{"name":"a","osType":"linux","benchmarkVersion":"1","level":"l1","scanSchedule":{"nextScanAt":"9999-99-99T00:00:00Z"}}',
  '{"name":"a","osType":"linux","benchmarkVersion":"1","level":"l1","scanSchedule":{"enabled":true,"nextScanAt":"0000-01-01T00:00:00Z"}}',
  '{"name":"a","osType":"linux","benchmarkVersion":"1","level":"l1","scanSchedule":{"nextScanAt":"2016-12-31T23:59:60Z"}}',
  '{"baselineId":"00000000-0000-0000-0000-000000000000","deviceIds":["x"]}',
  '{"baselineId":"00000000-0000-0000-0000-000000000000","orgId":"00000000-0000-0000-0000-000000000000"}',
];
const ids = ["x", "00000000-0000-0000-0000-000000000000", "%00", "..%2f..", "%F0%28%8C%28", "a".repeat(300)];
const queries = [
  "",
  "?limit=x&skip=-1",
  "?limit=1e9&offset=1e99",
  "?limit=5&limit=6",
  "?policy_id=x&policyId=x&baselineId=x",
  "?search=%00",
  "?search=%25%5c_&os=beos&status=dead",
  "?enabled=maybe&active=2",
  "?orgId=00000000-0000-0000-0000-000000000000",
  "?__proto__[a]=1",
  "?skip=99999999999999999999",
];

describe("no malformed request is a server error", () => {
  it("on any documented route", async () => {
    const document = (await testApp().app.inject("/api/v1/openapi.json")).json<{
      paths: Record<string, Record<string, unknown>>;
    }>();
    const paths = Object.entries(document.paths);
    expect(paths.length).toBeGreaterThan(15);
    for (const [path, item] of paths) {
      for (const method of ["get", "post", "put", "patch", "delete"] as const) {
        if (item[method] === undefined || path.endsWith("/events")) continue;
        const filled = path.includes("{") ? ids.map((id) => path.replaceAll(/\{\w+\}/g, id)) : [path];
        for (const url of filled) {
          const payloads = method === "get" ? [undefined] : bodies;
          for (const query of queries) await send(method, `${url}${query}`, "{}");
          for (const payload of payloads) await send(method, `${url}?policy_id=${policyId}`, payload);
        }
      }
    }
  }, 120_000);

  it("on any route of the agent protocol", async () => {
    const { app } = testApp();
    const ofAction = ["/remediations/x/report", `/remediations/${policyId}/report`];
    for (const path of ["/enrol", "/work/claim", "/work/x/fail", `/work/${policyId}/fail`, "/facts", ...ofAction]) {
      for (const body of bodies) {
        const { statusCode } = await sendSigned(app, device, "POST", path, Buffer.from(body));
        expect(statusCode, `${path} ${body.slice(0, 80)}`).toBeLessThan(500);
      }
    }
    const headers = { "x-holdfast-device": "\0", "x-holdfast-time": "NaN", "x-holdfast-signature": "x" };
    for (const url of ["/agent/v1/schedule", "/agent/v1/socket"]) {
      expect((await app.inject({ method: "GET", url, headers })).statusCode).toBeLessThan(500);
    }
  });

  it("and a credential that is none is a 401", async () => {
    for (const credential of [
      "",
      "Bearer",
      "Bearer x",
      "Bearer hf_x",
      "Bearer a.b.c",
      "Basic eDp5",
      "x".repeat(9000),
    ]) {
      const headers = { authorization: credential };
      const response = await testApp().app.inject({ url: "/api/v1/devices", headers });
      expect(response.statusCode, credential.slice(0, 20)).toBe(401);
    }
  });
});

async function send(method: "get" | "post" | "put" | "patch" | "delete", url: string, payload: string | undefined) {
  const response = await testApp().app.inject({
    method,
    url,
    headers: {
      authorization: `Bearer ${token}`,
      ...(payload === undefined || method === "get" ? {} : { "content-type": "application/json" }),
    },
    ...(payload === undefined || method === "get" ? {} : { payload }),
  });
  expect(response.statusCode, `${method} ${url} ${payload?.slice(0, 80)} ${response.body.slice(0, 200)}`).toBeLessThan(
    500,
  );
  if (response.statusCode >= 400) expect(response.body).not.toMatch(/node_modules|\.ts:|at \w+ \(/);
}
