import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "@holdfast/server/main";
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "../apps/server/src/db/connection.ts";
import { storeUpload } from "../apps/server/src/features/results/store-upload.ts";
import { claimWork } from "../apps/server/src/features/scans/claim-work.ts";
import { cloneDatabase } from "../apps/server/src/test/database.ts";
import {
  aDevice,
  anApiToken,
  anOrganisation,
  anUpload,
  aPolicy,
  testServices,
} from "../apps/server/src/test/factories.ts";
import { factsFailing, testPack } from "../apps/server/src/test/pack.ts";

/** The same server in another place: Redis comes and goes while ours runs. */
async function aRedis(): Promise<{ readonly url: string; start(): Promise<void>; kill(): Promise<void> }> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  let running: ChildProcess | null = null;
  const redis = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", ""]);
      running = child;
      for await (const chunk of child.stdout) if (String(chunk).includes("Ready to accept")) break;
    },
    async kill() {
      if (running === null) return;
      running.kill("SIGKILL");
      await once(running, "close");
      running = null;
    },
  };
  onTestFinished(() => redis.kill());
  return redis;
}

const present = spawnSync("redis-server", ["--version"]).status === 0;

describe.each(present ? ["Redis"] : [])("while %s is down", () => {
  it("an approval says which actions it could not queue, and they wait for approval again", {
    timeout: 90_000,
  }, async () => {
    const redis = await aRedis();
    await redis.start();
    const { url: databaseUrl, end } = await cloneDatabase();
    const stateDir = await mkdtemp(path.join(tmpdir(), "holdfast-outage-"));
    const server = await startServer({
      pack: testPack,
      stateDir,
      databaseUrl,
      redisUrl: redis.url,
      port: 0,
      logLevel: "silent",
    });
    const connection = connect(databaseUrl, 2, () => undefined);
    onTestFinished(async () => {
      await server.close();
      await redis.kill();
      await connection.close();
      await end();
      await rm(stateDir, { recursive: true, force: true });
    });
    const services = testServices({ url: databaseUrl, connection });
    const { owner, orgId } = await anOrganisation(services);
    const [maker, checker] = [await anApiToken(services, orgId), await anApiToken(services, orgId)];
    const call = async (token: string, method: string, address: string, body?: object) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return JSON.parse(await (await fetch(`${server.url}${address}`, init)).text());
    };
    const device = await aDevice(owner);
    const { deviceId } = device;
    await storeUpload(device.ctx(), deviceId, anUpload((await aPolicy(owner)).id, factsFailing("critical", "high")));
    const { actionIds } = await call(maker, "POST", "/cis/remediate", { deviceId, checkIds: ["1.1.1", "1.1.2"] });

    await redis.kill();
    expect(await call(checker, "POST", "/cis/remediate/approve", { actionIds, approved: true })).toMatchObject({
      approved: true,
      queued: 0,
      actionIds: [],
      failedActionIds: actionIds,
    });
    const { data } = await call(maker, "GET", "/cis/remediations");
    expect(data).toMatchObject([
      { status: "pending_approval", approvalStatus: "pending", approvedBy: null },
      { status: "pending_approval", approvalStatus: "pending", approvedBy: null },
    ]);

    await redis.start();
    await expect
      .poll(async () => (await call(checker, "POST", "/cis/remediate/approve", { actionIds, approved: true })).queued, {
        timeout: 30_000,
      })
      .toBe(2);
    const taken: string[] = [];
    const take = async () => {
      for (const { id } of await claimWork(device.ctx(), deviceId)) taken.push(id);
      return [...taken].sort();
    };
    await expect.poll(take, { timeout: 30_000, interval: 200 }).toEqual([...actionIds].sort());
  });
});
