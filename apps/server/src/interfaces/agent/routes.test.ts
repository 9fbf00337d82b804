import { createPublicKey } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { LiveEvent } from "@holdfast/contracts/own-api";
import { describe, expect, it } from "vitest";
import WebSocket from "ws";
import { issueEnrolmentToken } from "../../features/organisations/issue-enrolment-token.ts";
import { findDeviceFindings } from "../../features/results/find-device-findings.ts";
import { startScan } from "../../features/scans/start-scan.ts";
import { useApp } from "../../test/app.ts";
import { aDevice, aKeyPair, anOrganisation, anUpload, aPolicy } from "../../test/factories.ts";
import { debian12, factsFailing } from "../../test/pack.ts";
import { isSignedByServer, sendSigned, signedHeaders } from "../../test/signed-agent.ts";

const testApp = useApp();

async function scene() {
  const { owner } = await anOrganisation(testApp().services);
  const policy = await aPolicy(owner);
  const device = await aDevice(owner);
  return { owner, policy, device };
}

describe("enrolment", () => {
  const body = (token: string) => ({
    token,
    publicKey: aKeyPair().publicKey,
    hostname: "host",
    platform: debian12,
    agentVersion: "0.1.0",
  });
  const enrol = (payload: object) => testApp().app.inject({ method: "POST", url: "/agent/v1/enrol", payload });

  it("admits as many devices as the token has uses, each with a first scan of every scheduled policy", async () => {
    const { app, secrets } = testApp();
    const { owner, policy } = await scene();
    const scheduled = await aPolicy(owner, { scheduleEnabled: true });
    const token = await issueEnrolmentToken(owner, { uses: 1, expiresAt: new Date(Date.now() + 60_000) });
    const { publicKey, privateKey } = aKeyPair();
    const first = await enrol({ ...body(token), publicKey });
    expect(first.statusCode).toBe(200);
    expect(first.json()).toMatchObject({ orgId: owner.orgId, serverPublicKey: secrets.publicKey });
    const device = { deviceId: first.json<{ deviceId: string }>().deviceId, privateKey };
    const claimed = await sendSigned(app, device, "POST", "/work/claim", {});
    expect(claimed.json()).toMatchObject({
      items: [{ type: "scan", policyId: scheduled.id, benchmark: "cis-debian-12@1.1.0" }],
    });
    expect(claimed.body).not.toContain(policy.id);
    expect((await enrol(body(token))).statusCode).toBe(403);
  });

  it("refuses a token that is over, a wrong key and a malformed request", async () => {
    const { owner } = await scene();
    const over = await issueEnrolmentToken(owner, { uses: 1, expiresAt: new Date(Date.now() - 1000) });
    expect((await enrol(body(over))).statusCode).toBe(403);
    const good = await issueEnrolmentToken(owner, { uses: 1, expiresAt: new Date(Date.now() + 60_000) });
    expect((await enrol({ ...body(good), publicKey: "A".repeat(60) })).statusCode).toBe(422);
    expect((await enrol({ ...body(good), platform: "linux" })).statusCode).toBe(422);
    expect((await enrol(body(good))).statusCode).toBe(200);
  });
});

describe("signed requests", () => {
  it("are answered with the server's signature over the answer's bytes, refusals too", async () => {
    const { app, secrets } = testApp();
    const { device } = await scene();
    const key = createPublicKey({ key: Buffer.from(secrets.publicKey, "base64"), format: "der", type: "spki" });
    const good = await sendSigned(app, device, "GET", "/schedule");
    expect(good.statusCode).toBe(200);
    expect(isSignedByServer(key, "GET", "/agent/v1/schedule", good)).toBe(true);
    const bad = await sendSigned(app, device, "POST", "/facts", {});
    expect(bad.statusCode).toBe(422);
    expect(isSignedByServer(key, "POST", "/agent/v1/facts", bad)).toBe(true);
  });

  it("are refused with another key, another body, another path, an old time or a second time", async () => {
    const { app } = testApp();
    const { device } = await scene();
    const status = async (...[options]: [Parameters<typeof sendSigned>[5]]) =>
      (await sendSigned(app, device, "POST", "/work/claim", {}, options)).statusCode;
    expect(await status({})).toBe(200);
    expect(await status({ signature: "AAAA" })).toBe(401);
    expect(await status({ signature: "" })).toBe(401);
    expect(await status({ sent: Buffer.from('{"a":1}') })).toBe(401);
    expect(await status({ timeMs: Date.now() - 301_000 })).toBe(401);
    expect(await status({ timeMs: Date.now() + 301_000 })).toBe(401);
    const stranger = { deviceId: device.deviceId, privateKey: aKeyPair().privateKey };
    expect((await sendSigned(app, stranger, "POST", "/work/claim", {})).statusCode).toBe(401);
    const elsewhere = signedHeaders(device, "POST", "/agent/v1/facts", Buffer.from("{}"));
    const moved = { method: "POST", url: "/agent/v1/work/claim", headers: elsewhere, payload: "{}" } as const;
    expect((await app.inject(moved)).statusCode).toBe(401);
    const headers = signedHeaders(device, "POST", "/agent/v1/work/claim", Buffer.from("{}"));
    const recorded = { ...moved, headers: { ...headers, "content-type": "application/json" } };
    expect((await app.inject(recorded)).statusCode).toBe(200);
    expect((await app.inject(recorded)).statusCode).toBe(401);
    expect((await app.inject({ method: "POST", url: "/agent/v1/work/claim", payload: "{}" })).statusCode).toBe(401);
  });

  it("may be gzip, but not a bomb, not broken and not something else", async () => {
    const { app } = testApp();
    const { owner, policy, device } = await scene();
    const upload = anUpload(policy.id, factsFailing("low"));
    const stored = await sendSigned(app, device, "POST", "/facts", upload, { gzip: true });
    expect(stored.json()).toMatchObject({ digest: upload.digest });
    expect((await findDeviceFindings(owner, device.deviceId)).result.score).toBe(100);
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const send = (bytes: Buffer, encoding: string) => {
      const headers = signedHeaders(device, "POST", "/agent/v1/facts", bytes);
      return app.inject({
        method: "POST",
        url: "/agent/v1/facts",
        headers: { ...headers, "content-type": "application/json", "content-encoding": encoding },
        payload: bytes,
      });
    };
    expect((await send(bomb, "gzip")).statusCode).toBe(413);
    expect((await send(Buffer.from("no gzip"), "gzip")).statusCode).toBe(422);
    expect((await send(Buffer.from("{}"), "br")).statusCode).toBe(422);
    expect((await send(Buffer.from("{nonsense"), "identity")).statusCode).toBe(422);
    expect((await send(Buffer.alloc(0), "identity")).statusCode).toBe(422);
    expect((await send(Buffer.alloc(21 * 1024 * 1024, 0x20), "identity")).statusCode).toBe(413);
  });

  it("get 409 unknown_base in the protocol's shape", async () => {
    const { policy, device } = await scene();
    const upload = anUpload(policy.id, factsFailing(), { base: "0".repeat(64), changed: {} });
    const response = await sendSigned(testApp().app, device, "POST", "/facts", upload);
    expect(response.statusCode).toBe(409);
    expect(response.json()).toMatchObject({ code: "unknown_base", detail: expect.stringContaining("whole set") });
  });
});

describe("work", () => {
  it("is leased: claimed once, not again until the lease ends, and closed by a failure", async () => {
    const { app } = testApp();
    const { owner, policy, device } = await scene();
    await startScan(owner, { deviceId: device.deviceId, policyId: policy.id });
    await startScan(owner, { deviceId: device.deviceId, policyId: policy.id });
    const claim = async () =>
      (await sendSigned(app, device, "POST", "/work/claim", {})).json<{ items: { id: string }[] }>().items;
    const [item, ...more] = await claim();
    expect(more).toEqual([]);
    expect(await claim()).toEqual([]);
    const other = await aDevice(owner);
    const path = `/work/${item?.id}/fail`;
    expect((await sendSigned(app, other, "POST", path, { message: "no" })).json()).toEqual({});
    const { privateKey, deviceId } = device;
    const failed = await sendSigned(app, { privateKey, deviceId }, "POST", path, { message: "no disk" });
    expect(failed.statusCode).toBe(200);
    await startScan({ ...owner, now: new Date() }, { deviceId: device.deviceId, policyId: policy.id });
    expect((await claim())[0]?.id).not.toBe(item?.id);
  });
});

describe("the socket", () => {
  it("makes the device online, nudges it, relays its progress, and makes it offline again", async () => {
    const { app, events } = testApp();
    const { owner, policy, device } = await scene();
    const seen: LiveEvent[] = [];
    events.onEvent((orgId, event) => {
      if (orgId === owner.orgId) seen.push(event);
    });
    const address = await app.listen({ host: "127.0.0.1", port: 0 });
    const path = "/agent/v1/socket";
    const url = `${address.replace("http", "ws")}${path}`;
    const refused = new WebSocket(url, {
      headers: signedHeaders({ ...device, privateKey: aKeyPair().privateKey }, "GET", path, Buffer.alloc(0)),
    });
    await new Promise((resolve) => refused.once("error", resolve));

    const socket = new WebSocket(url, { headers: signedHeaders(device, "GET", path, Buffer.alloc(0)) });
    const nudges: unknown[] = [];
    socket.on("message", (data) => nudges.push(JSON.parse(String(data))));
    await expect.poll(() => seen).toContainEqual({ type: "device", deviceId: device.deviceId, status: "online" });
    await expect.poll(() => nudges).toEqual([{ type: "work" }]);
    await startScan(owner, { deviceId: device.deviceId, policyId: policy.id });
    await expect.poll(() => nudges).toHaveLength(2);
    const claimed = await sendSigned(app, device, "POST", "/work/claim", {});
    const [item] = claimed.json<{ items: { id: string }[] }>().items;
    socket.send(JSON.stringify({ type: "progress", workItemId: item?.id, done: 3, total: 9 }));
    await expect
      .poll(() => seen)
      .toContainEqual(expect.objectContaining({ type: "scan", state: "running", done: 3, total: 9 }));
    socket.close();
    await expect.poll(() => seen.at(-1)).toEqual({ type: "device", deviceId: device.deviceId, status: "offline" });
  });
});
