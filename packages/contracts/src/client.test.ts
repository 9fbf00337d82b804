import { expect, it } from "vitest";
import { apiClient } from "./client.ts";

it("fills in ids and queries, and leaves out what is not given", async () => {
  const sent: unknown[] = [];
  const call = apiClient(async (...request) => {
    sent.push(request);
    return { items: [], total: 0 };
  });
  await call("getDeviceFindings", { id: "a/b", query: { policyId: "p", nothing: undefined } });
  await call("createOrganisation", { body: { name: "New" } });
  const { total } = await call("listDevices", { query: { skip: 0, search: "a b" } });
  expect(total).toBe(0);
  expect(sent).toEqual([
    ["GET", "/devices/a%2Fb/findings?policyId=p", undefined],
    ["POST", "/organisations", { name: "New" }],
    ["GET", "/devices?skip=0&search=a+b", undefined],
  ]);
});
