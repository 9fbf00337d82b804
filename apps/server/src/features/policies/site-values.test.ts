import type { DeviceFinding } from "@holdfast/contracts/own-api";
import { beforeAll, expect, it } from "vitest";
import type { Ctx } from "../../context.ts";
import { inTransaction } from "../../context.ts";
import { useApp } from "../../test/app.ts";
import { aCaller, type Caller } from "../../test/caller.ts";
import { aDevice, anOrganisation, anUpload, aPolicy } from "../../test/factories.ts";
import { factsFailing } from "../../test/pack.ts";
import { plannerFor } from "../remediations/plan-remediation.ts";
import { storeUpload } from "../results/store-upload.ts";

const testApp = useApp();
let owner: Ctx;
let call: Caller;

beforeAll(async () => {
  ({ owner } = await anOrganisation(testApp().services));
  call = await aCaller(testApp(), owner.orgId);
});

const body = { name: "Ours", osType: "linux", benchmarkVersion: "latest", level: "l1" };
const save = (change: object) => call("POST", "/cis/baselines", change);

/** A policy and a device whose facts meet all checks with the content's defaults. */
async function scanned() {
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  await storeUpload(device.ctx(), device.deviceId, anUpload(policy.id, factsFailing()));
  const highFinding = async (): Promise<DeviceFinding> => {
    const { body: found } = await call("GET", `/api/v1/devices/${device.deviceId}/findings?policyId=${policy.id}`);
    return found.findings.find(({ checkId }: DeviceFinding) => checkId === "1.1.2");
  };
  return { policy, device, highFinding };
}

it("lists what a policy may set, by operating system", async () => {
  const { status, body: listed } = await call("GET", "/api/v1/parameters?os=linux");
  expect([status, listed.total]).toEqual([200, 3]);
  expect(listed.items).toEqual([
    {
      id: "high-setting",
      osType: "linux",
      title: "The high setting",
      description: "What test.high has to be.",
      type: "enum",
      default: "1",
      choices: ["1", "2"],
    },
    { id: "servers", osType: "linux", title: "Servers", description: "Some servers.", type: "list", default: ["6"] },
    { id: "size", osType: "linux", title: "Size", description: "A size.", type: "number", default: 6, min: 1 },
  ]);
  expect((await call("GET", "/api/v1/parameters?os=macos")).body).toEqual({ items: [], total: 0 });
  expect((await call("GET", "/api/v1/parameters")).status).toBe(422);
  const writer = await aCaller(testApp(), owner.orgId, ["orgs:write"]);
  expect((await writer("GET", "/api/v1/parameters?os=linux")).status).toBe(403);
});

it("keeps what is set, leaves it where it is left out, and takes all of it away", async () => {
  const parameters = { "high-setting": "2", servers: ["1", "b"], size: 6.5 };
  const made = await save({ ...body, parameters });
  expect([made.status, made.body.data.parameters]).toEqual([201, parameters]);
  const { id } = made.body.data;
  expect((await save({ id, name: "Renamed" })).body.data.parameters).toEqual(parameters);
  expect((await save({ id, parameters: {} })).body.data.parameters).toEqual({});
});

it("forgets them with their operating system", async () => {
  const { id } = (await save({ ...body, parameters: { "high-setting": "2" } })).body.data;
  expect((await save({ id, osType: "macos" })).body.data.parameters).toEqual({});
});

it.each([
  ["a value that is no choice", { "high-setting": "3" }, '"parameters.high-setting" must be one of 1, 2'],
  ["a parameter there is not", { lowest: "1" }, '"parameters.lowest" there is no such parameter'],
  ["a value of no type there is", { "high-setting": { a: 1 } }, "parameters.high-setting"],
])("answers 400 to %s, naming it, and changes nothing", async (_, parameters, message) => {
  const { id } = (await save(body)).body.data;
  for (const sent of [
    { ...body, parameters },
    { id, parameters },
  ]) {
    const { status, body: answer } = await save(sent);
    expect([status, answer.error]).toEqual([400, expect.stringContaining(message)]);
  }
  const other = { ...body, osType: "macos", parameters: { "high-setting": "2" } };
  expect((await save(other)).status).toBe(400);
  expect((await save({ id })).body.data.parameters).toEqual({});
});

it("judges stored facts again at once when they change, with evidence that shows the value", async () => {
  const { policy, highFinding } = await scanned();
  expect((await highFinding()).status).toBe("pass");
  await save({ id: policy.id, parameters: { "high-setting": "2" } });
  const failing = await highFinding();
  expect(failing).toMatchObject({ status: "fail", controls: ["NIST SP 800-53: AC-6(9) Log Use"] });
  expect(failing.evidence.expected).toContain("2");
  await save({ id: policy.id, parameters: { "high-setting": "1" } });
  expect((await highFinding()).status).toBe("pass");
});

it("keeps a judgement's evidence as it was when the policy changes", async () => {
  const { policy, device } = await scanned();
  await save({ id: policy.id, parameters: { "high-setting": "2" } });
  const later = anUpload(policy.id, factsFailing(), { checkedAt: new Date(Date.now() + 1000).toISOString() });
  await storeUpload(device.ctx(), device.deviceId, later);
  await save({ id: policy.id, parameters: {} });
  const { body: history } = await call("GET", `/cis/devices/${device.deviceId}/report?baselineId=${policy.id}`);
  const told = JSON.stringify(history);
  expect(told).toContain("is 2 now");
  expect(told).not.toContain("other content");
});

it("plans what the policy sets", async () => {
  const { policy, device } = await scanned();
  await save({ id: policy.id, parameters: { "high-setting": "2" } });
  const plan = await inTransaction(owner, async (tx) => {
    const planner = await plannerFor(tx, device.deviceId, policy.id);
    const check = planner.checkOf("cis-debian-12", "1.1.2");
    return check === null ? null : planner.plan(check);
  });
  expect(JSON.stringify(plan)).toContain("test.high = 2");
});
