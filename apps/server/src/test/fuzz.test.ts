import { gzipSync } from "node:zlib";
import fc from "fast-check";
import type { RouteOptions } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { storeUpload } from "../features/results/store-upload.ts";
import { isCisAddress } from "../http/error-handler.ts";
import { useApp } from "./app.ts";
import { type Ids, nearly, wildText } from "./arbitrary.ts";
import { aDevice, anApiToken, anOrganisation, anUpload, aPolicy, aUser } from "./factories.ts";
import { factsFailing } from "./pack.ts";

const testApp = useApp();
const runsPerRoute = 20;
let token: string;
let ids: Ids;
/** Routes that some request got through to. */
const answered = new Set<string>();

beforeAll(async () => {
  const { services } = testApp();
  const { owner, orgId } = await anOrganisation(services);
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  const { userId } = await aUser(services, orgId);
  const { resultId } = await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing("high")));
  token = await anApiToken(services, orgId);
  const { deviceId } = device;
  const headers = { authorization: `Bearer ${token}` };
  await testApp().app.inject({ method: "POST", url: "/api/v1/compliance/checks/seed", headers });
  const checks = await testApp().app.inject({ url: "/api/v1/compliance/checks", headers });
  const checkId = checks.json<{ items: { id: string }[] }>().items[0]?.id ?? userId;
  ids = {
    ...{ policyId: policy.id, policy_id: policy.id, baselineId: policy.id },
    ...{ deviceId, agent_uuid: deviceId, uuid: deviceId, deviceIds: deviceId },
    ...{ userId, orgId, resultId, baselineResultId: resultId, check_id: checkId },
  };
});

interface Part {
  readonly properties?: Readonly<Record<string, unknown>>;
}
interface Schemas {
  readonly params?: Part;
  readonly querystring?: Part;
  readonly body?: unknown;
}

/** What could go out of the app by mistake. */
const leaks =
  /node_modules|\.ts:\d|at \w+ \(|postgres|pg_|violates|constraint|relation "|syntax error|invalid byte|select .* from/i;

async function send(route: RouteOptions, url: string, body: Body) {
  const method = [route.method].flat()[0] as "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  const { app } = testApp();
  const headers = { authorization: `Bearer ${token}`, ...body.headers };
  const response = await app.inject({ method, url, headers, ...(body.bytes === null ? {} : { payload: body.bytes }) });
  const said = `${method} ${url.slice(0, 200)} ${JSON.stringify(body.headers)} ${body.bytes?.toString().slice(0, 300)} → ${response.statusCode} ${response.body.slice(0, 300)}`;
  if (response.statusCode >= 500) expect.fail(said);
  if (response.statusCode < 300) answered.add(`${method} ${route.url}`);
  if (response.statusCode < 400) return;
  if (leaks.test(response.body.replaceAll(url, ""))) expect.fail(said);
  const answer = response.json<Record<string, unknown>>();
  const isShaped = isCisAddress(route.url)
    ? typeof answer["error"] === "string" && answer["error"] !== ""
    : typeof answer["detail"] === "string" &&
      answer["status"] === response.statusCode &&
      typeof answer["code"] === "string";
  if (!isShaped) expect.fail(said);
}

interface Body {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer | null;
}

const json = (value: unknown): Body => ({
  headers: { "content-type": "application/json" },
  bytes: Buffer.from(JSON.stringify(value) ?? "null"),
});
const oddBodies: readonly Body[] = [
  { headers: { "content-type": "application/json" }, bytes: Buffer.from("{nonsense") },
  { headers: { "content-type": "application/json" }, bytes: Buffer.from("") },
  { headers: { "content-type": "application/json" }, bytes: Buffer.from('{"a":1e999,"a":{"__proto__":1}}') },
  { headers: { "content-type": "application/json" }, bytes: Buffer.from(`${"[".repeat(9000)}${"]".repeat(9000)}`) },
  { headers: { "content-type": "application/json", "content-encoding": "gzip" }, bytes: gzipSync("{}") },
  {
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    bytes: Buffer.from([0x1f, 0x8b, 0, 1]),
  },
  { headers: { "content-type": "application/json; charset=utf-16" }, bytes: Buffer.from([0xff, 0xfe, 0, 0xd8]) },
  { headers: { "content-type": "text/plain" }, bytes: Buffer.from("x") },
  { headers: { "content-type": "multipart/form-data; boundary=x" }, bytes: Buffer.from("--x--") },
  { headers: { "content-type": "nonsense" }, bytes: Buffer.from("x") },
  { headers: { "x-holdfast-org": "\u00ff" }, bytes: null },
  {
    headers: { "content-type": "application/json", "x-holdfast-org": "00000000-0000-0000-0000-000000000000" },
    bytes: Buffer.from("{}"),
  },
];

describe("no request is a server error, and every refusal has its interface's shape", () => {
  it("on any route, nearly as described", async () => {
    const routes = testApp().app.routeTable.filter(
      ({ schema, method, url }) => schema?.operationId !== undefined && method !== "HEAD" && !url.endsWith("/events"),
    );
    expect(routes.length).toBeGreaterThan(45);
    // What deletes comes last: the others need something to work on.
    const inOrder = [...routes].sort((a, b) => Number(a.method === "DELETE") - Number(b.method === "DELETE"));
    for (const route of inOrder) {
      const { params, querystring, body } = route.schema as Schemas;
      const requests = fc.record({
        params: pathValues(params, route.url),
        query: queryValues(querystring),
        body:
          body === undefined
            ? fc.constantFrom(...oddBodies)
            : fc.oneof({ weight: 6, arbitrary: nearly(body, ids).map(json) }, fc.constantFrom(...oddBodies)),
      });
      for (const request of fc.sample(requests, { numRuns: runsPerRoute, seed: 7402311 })) {
        const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) => request.params[name] ?? "x");
        await send(
          route,
          `${path}${request.query}`,
          route.method === "GET" ? { headers: {}, bytes: null } : request.body,
        );
      }
    }
    // Requests that are all refused would show little.
    const reached = inOrder.filter(({ method, url }) => answered.has(`${[method].flat()[0]} ${url}`));
    expect(reached.length / inOrder.length).toBeGreaterThan(0.6);
  }, 60_000);

  it("at addresses that are none", async () => {
    for (const url of [
      "/api/v1/%",
      "/cis/%zz",
      "/cis/devices/%c0%af/report",
      "/api/v1/devices/%00",
      "/api/v1/\ud83e",
      "/cis",
    ]) {
      const route = { method: "GET", url } as RouteOptions;
      await send(route, url, { headers: {}, bytes: null });
    }
  });
});

function pathValues(schema: Part | undefined, url: string): fc.Arbitrary<Record<string, string>> {
  const names = Object.keys(schema?.properties ?? {});
  const own = url.includes("/policies")
    ? "policyId"
    : url.includes("/users")
      ? "userId"
      : url.includes("/checks")
        ? "check_id"
        : "deviceId";
  const value = (name: string) => {
    const known = fc.constant(ids[name] ?? ids[own] ?? "");
    return fc.oneof({ weight: 8, arbitrary: known }, fc.uuid(), wildText.map(encoded));
  };
  return fc.record(Object.fromEntries(names.map((name) => [name, value(name)])));
}

function queryValues(schema: Part | undefined): fc.Arbitrary<string> {
  const members = Object.entries(schema?.properties ?? {}).map(
    ([name, member]) => [name, nearly(member, ids, name)] as const,
  );
  const known = fc.record(Object.fromEntries(members), { requiredKeys: [] });
  const extra = fc.oneof(
    { weight: 6, arbitrary: fc.constant("") },
    wildText.map((text) => `&${encoded(text)}=1&=&&%`),
  );
  return fc.tuple(known, extra).map(([values, more]) => {
    const pairs = Object.entries(values).map(([name, value]) => `${name}=${encoded(textOf(value))}`);
    return `?${pairs.join("&")}${more}`;
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

/** Percent-encoded; half a surrogate pair as the bytes it would have, which are no UTF-8. */
function encoded(text: string): string {
  return /\p{Surrogate}/u.test(text) ? "%ED%A0%80" : encodeURIComponent(text).slice(0, 3000);
}
