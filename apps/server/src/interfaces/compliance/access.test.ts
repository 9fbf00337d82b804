import { randomUUID } from "node:crypto";
import type { Permission } from "@holdfast/contracts/own-api";
import { expect, it } from "vitest";
import { useApp } from "../../test/app.ts";
import { aCaller, type Method, send } from "../../test/caller.ts";
import { anOrganisation } from "../../test/factories.ts";

const A = "/api/v1/compliance";
const testApp = useApp();
const id = randomUUID();

const routes: [Method, string, Permission][] = [
  ["GET", "/policies", "devices:read"],
  ["POST", "/policies", "orgs:write"],
  ["GET", `/policies/${id}`, "devices:read"],
  ["PUT", `/policies/${id}`, "orgs:write"],
  ["DELETE", `/policies/${id}`, "orgs:write"],
  ["POST", `/policies/${id}/toggle`, "orgs:write"],
  ["GET", "/checks", "devices:read"],
  ["POST", "/checks/seed", "orgs:write"],
  ["PATCH", `/checks/${id}`, "orgs:write"],
  ["GET", `/results/agent/${id}`, "devices:read"],
  ["GET", `/score/agent/${id}?policy_id=${id}`, "devices:read"],
  ["GET", `/history/agent/${id}`, "devices:read"],
  ["GET", "/trend", "devices:read"],
  ["GET", "/exceptions", "devices:read"],
  ["POST", "/exceptions", "orgs:write"],
  ["DELETE", `/exceptions/${id}`, "orgs:write"],
  ["GET", "/stats", "devices:read"],
  ["GET", "/stats/top-failing", "devices:read"],
  ["GET", "/stats/non-compliant", "devices:read"],
  ["POST", `/scan/agent/${id}?policy_id=${id}`, "devices:write"],
];

it.each(routes)("%s %s wants a token, and %s", async (method, path, needed) => {
  const app = testApp();
  const { orgId } = await anOrganisation(app.services);
  const others = (["devices:read", "devices:write", "orgs:write"] as const).filter((held) => held !== needed);
  expect(await send(app, method, `${A}${path}`, {})).toMatchObject({
    status: 401,
    body: { status: 401, code: "unauthenticated", detail: expect.any(String) },
  });
  expect(await (await aCaller(app, orgId, others))(method, `${A}${path}`)).toMatchObject({
    status: 403,
    body: { status: 403, code: "forbidden", detail: expect.stringContaining(needed) },
  });
  const { status } = await (await aCaller(app, orgId, [needed]))(method, `${A}${path}`);
  expect([401, 403]).not.toContain(status);
  expect(status).toBeLessThan(500);
});

it.each(routes)("%s %s refuses a query parameter it does not know, naming it", async (method, path) => {
  const app = testApp();
  const call = await aCaller(app, (await anOrganisation(app.services)).orgId);
  const { status, body } = await call(method, `${A}${path}${path.includes("?") ? "&" : "?"}colour=red`);
  expect(status).toBe(422);
  expect(body).toMatchObject({ status: 422, code: "validation_error" });
  if (!["POST", "PUT", "PATCH"].includes(method)) expect(body.detail).toContain("colour");
});

it("describes every route with its schemas in the OpenAPI document", async () => {
  const document = (await send(testApp(), "GET", "/api/v1/openapi.json", {})).body;
  for (const [method, path] of routes) {
    const template = `${A}${path.split("?")[0]?.replace(`agent/${id}`, "agent/{uuid}").replace(id, "{id}")}`;
    expect(document.paths[template]?.[method.toLowerCase()]?.responses, `${method} ${template}`).toBeDefined();
  }
});
