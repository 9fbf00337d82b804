import type { RouteOptions } from "fastify";
import { beforeAll, describe, expect, it } from "vitest";
import { storeUpload } from "../features/results/store-upload.ts";
import { useApp } from "./app.ts";
import { calling } from "./call.ts";
import { aDevice, anApiToken, anOrganisation, anUpload, aPolicy, aUser, type TestDevice } from "./factories.ts";
import { factsFailing } from "./pack.ts";
import { sendSigned } from "./signed-agent.ts";

const testApp = useApp();
/** Ids of the other organisation, by the names of members that take them. */
let foreign: Record<string, string>;
let foreignHostname: string;
let own: Record<string, string>;
let token: string;
let device: TestDevice;

async function scene() {
  const { services } = testApp();
  const { owner, orgId } = await anOrganisation(services);
  const policy = await aPolicy(owner, { name: `Policy of ${orgId}` });
  const scanned = await aDevice(owner);
  const { userId } = await aUser(services, orgId);
  const upload = anUpload(policy.id, factsFailing("high", "low"));
  const { resultId } = await storeUpload(scanned.ctx(), scanned.deviceId, upload);
  const credential = await anApiToken(services, orgId);
  const call = calling(testApp, credential);
  await call("POST", "/compliance/checks/seed");
  const { items } = (await call("GET", "/compliance/checks")).json<{ items: { id: string }[] }>();
  const exception = await call("POST", "/compliance/exceptions", { check_id: items[0]?.id, reason: "Accepted" });
  const tokens = (await call("GET", "/tokens")).json<{ items: { id: string }[] }>();
  const enrolment = await call("POST", "/enrolment-tokens", { uses: 1 });
  const body = { deviceId: scanned.deviceId, checkIds: ["1.1.2"] };
  const requested = await call("POST", "/cis/remediate", body);
  const ids = {
    orgId,
    userId,
    resultId,
    policyId: policy.id,
    deviceId: scanned.deviceId,
    checkId: items[0]?.id ?? "",
    exceptionId: exception.json<{ id: string }>().id,
    tokenId: tokens.items[0]?.id ?? "",
    enrolmentTokenId: enrolment.json<{ id: string }>().id,
    remediationId: requested.json<{ actionIds: string[] }>().actionIds[0] ?? "",
  };
  return { ids, credential, scanned, hostname: scanned.ctx().actor.label };
}

beforeAll(async () => {
  const other = await scene();
  foreign = other.ids;
  foreignHostname = other.hostname;
  const mine = await scene();
  own = mine.ids;
  token = mine.credential;
  device = mine.scanned;
});

/** Which kind of id `:id` is, by the route's address. */
const kinds: readonly (readonly [RegExp, string])[] = [
  [/\/enrolment-tokens/, "enrolmentTokenId"],
  [/\/tokens/, "tokenId"],
  [/\/users/, "userId"],
  [/\/policies/, "policyId"],
  [/\/checks/, "checkId"],
  [/\/exceptions/, "exceptionId"],
  [/\/remediations/, "remediationId"],
  [/\/devices|agent\//, "deviceId"],
];
const aliases: Readonly<Record<string, string>> = {
  policy_id: "policyId",
  baselineId: "policyId",
  baselineResultId: "resultId",
  check_id: "checkId",
  agent_uuid: "deviceId",
  uuid: "deviceId",
};

function idFor(ids: Record<string, string>, name: string, url: string): string | undefined {
  const kind = name === "id" ? kinds.find(([pattern]) => pattern.test(url))?.[1] : (aliases[name] ?? name);
  return ids[kind ?? ""];
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly default?: unknown;
  readonly minimum?: number;
}

/** A body that fits, with ids wherever it takes some. */
function sample(schema: Schema, ids: Record<string, string>, url: string, name = ""): unknown {
  if (schema.format === "uuid") return idFor(ids, name.replace(/Ids$/, "Id").replace("actionId", "remediationId"), url);
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return sample(schema.anyOf[0] ?? {}, ids, url, name);
  if (schema.type === "array") return [sample(schema.items ?? {}, ids, url, name)];
  if (schema.type === "object") {
    const wanted = Object.entries(schema.properties ?? {}).filter(
      ([member, { format }]) => schema.required?.includes(member) === true || format === "uuid" || /Ids$/.test(member),
    );
    const members = wanted.map(([member, part]) => [member, sample(part, ids, url, member)]);
    return Object.fromEntries(members.filter(([, value]) => value !== undefined));
  }
  if (schema.type === "integer" || schema.type === "number") return schema.minimum ?? 1;
  if (schema.type === "boolean") return true;
  if (schema.format === "date-time") return new Date().toISOString();
  return name === "email" ? "someone@example.org" : name === "checkIds" || name === "checkId" ? "1.1.2" : "some text";
}

function documentedRoutes(): RouteOptions[] {
  const routes = testApp().app.routeTable.filter(
    ({ schema, method, url }) => schema?.operationId !== undefined && method !== "HEAD" && !url.endsWith("/events"),
  );
  expect(routes.length).toBeGreaterThan(45);
  return routes;
}

async function request(route: RouteOptions, ids: Record<string, string>, credential: string | null) {
  const { params, querystring, body } = (route.schema ?? {}) as Record<string, Schema | undefined>;
  const path = route.url.replaceAll(/:(\w+)/g, (_, name: string) => idFor(ids, name, route.url) ?? "");
  const query = Object.entries((querystring && (sample(querystring, ids, route.url) as object)) ?? {});
  const method = [route.method].flat()[0] as "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  const names = [params, querystring, body].flatMap((part) => Object.keys(part?.properties ?? {}));
  const url = `${path}?${new URLSearchParams(Object.fromEntries(query.map(([name, value]) => [name, String(value)])))}`;
  const payload = body === undefined ? undefined : (sample(body, ids, route.url) as object);
  const response = await testApp().app.inject({
    method,
    url,
    headers: credential === null ? {} : { authorization: `Bearer ${credential}` },
    ...(payload === undefined ? {} : { payload }),
  });
  const sent = url + JSON.stringify(payload ?? null);
  return { response, names, sent, said: `${method} ${path} → ${response.statusCode} ${response.body.slice(0, 300)}` };
}

describe("every route", () => {
  it("gives nothing of another organisation, whatever ids it is given", async () => {
    let refused = 0;
    for (const route of documentedRoutes()) {
      if (route.config?.public === true) continue;
      const { response, names, sent, said } = await request(route, foreign, token);
      const takesId = names.some((name) => name === "id" || name in aliases || name in foreign);
      if (!takesId) expect(response.statusCode, said).toBeLessThan(500);
      else if ([400, 401, 403, 404, 409, 422].includes(response.statusCode)) refused += 1;
      else expect.fail(said);
      // 403 would say that the row is there.
      if (takesId) expect(response.statusCode, said).not.toBe(403);
      // What was sent may be named in the refusal.
      const unsent = Object.values(foreign).filter((id) => !sent.includes(id));
      for (const id of unsent) expect(response.body, said).not.toContain(id);
      expect(response.body, said).not.toContain(foreignHostname);
      expect(response.body, said).not.toContain(`Policy of ${foreign["orgId"]}`);
    }
    expect(refused).toBeGreaterThan(30);
  });

  it("is closed without a credential, with one that is none, and with one without permissions", async () => {
    const none = await anApiToken(testApp().services, own["orgId"] ?? "", []);
    for (const route of documentedRoutes()) {
      if (route.config?.public === true) continue;
      for (const credential of [null, "hf_nothing"]) {
        const { response, said } = await request(route, own, credential);
        expect(response.statusCode, said).toBe(401);
      }
      if (route.config?.account === true) continue;
      const { response, said } = await request(route, own, none);
      expect(response.statusCode, said).toBe(403);
    }
  });

  it("of agents is refused once the device was removed", async () => {
    expect((await sendSigned(testApp().app, device, "GET", "/schedule")).statusCode).toBe(200);
    const call = calling(testApp, token);
    expect((await call("DELETE", `/devices/${foreign["deviceId"]}`)).statusCode).toBe(404);
    expect((await call("DELETE", `/devices/${device.deviceId}`)).statusCode).toBe(204);
    expect((await call("GET", `/devices/${device.deviceId}`)).statusCode).toBe(404);
    expect((await call("GET", "/cis/compliance")).json()).toMatchObject({ pagination: { total: 0 } });
    expect((await call("GET", "/cis/remediations")).json()).toMatchObject({ pagination: { total: 0 } });
    expect((await sendSigned(testApp().app, device, "GET", "/schedule")).statusCode).toBe(401);
    expect((await sendSigned(testApp().app, device, "POST", "/work/claim", {})).statusCode).toBe(401);
  });
});
