import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { isAlive, readPostmaster } from "./db/postmaster.ts";
import { StartupError } from "./errors.ts";
import { type RunningServer, type ServerConfig, startServer } from "./main.ts";
import { aKeyPair } from "./test/factories.ts";
import { debian12, testPack } from "./test/pack.ts";
import { signedHeaders } from "./test/signed-agent.ts";
import { aStateDir } from "./test/state-dir.ts";

async function start(stateDir: string, options: Partial<ServerConfig> = {}): Promise<RunningServer> {
  const server = await startServer({ pack: testPack, stateDir, port: 0, logLevel: "silent", ...options });
  onTestFinished(() => server.close());
  return server;
}

async function enrol(url: string, token: string) {
  const { publicKey, privateKey } = aKeyPair();
  const response = await fetch(`${url}/agent/v1/enrol`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, publicKey, hostname: "host", platform: debian12, agentVersion: "0.1.0" }),
  });
  expect(response.status).toBe(200);
  const { deviceId } = (await response.json()) as { deviceId: string };
  return { deviceId, privateKey };
}

it("furnishes an empty database once, scans through its queue, and ends in order", async () => {
  const stateDir = aStateDir();
  const server = await start(stateDir);
  const { firstRun, url } = server;
  if (firstRun === null) throw new Error("the first start makes a first run");
  expect(firstRun).toMatchObject({ email: "admin@holdfast.local", apiToken: expect.stringMatching(/^hf_/) });
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "ok" });

  const device = await enrol(url, firstRun.enrolmentToken);
  const claim = async (): Promise<{ policyId: string }[]> => {
    const path = "/agent/v1/work/claim";
    const headers = signedHeaders(device, "POST", path, Buffer.from("{}"));
    const response = await fetch(url + path, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: "{}",
    });
    return ((await response.json()) as { items: { policyId: string }[] }).items;
  };
  expect(await claim()).toMatchObject([{ policyId: firstRun.policyId }]);
  const headers = { authorization: `Bearer ${firstRun.apiToken}`, "content-type": "application/json" };
  const baseline = { name: "b", osType: "linux", benchmarkVersion: "1.1.0", level: "l1" };
  const created = await fetch(`${url}/cis/baselines`, { method: "POST", headers, body: JSON.stringify(baseline) });
  const { data } = (await created.json()) as { data: { id: string } };
  await fetch(`${url}/cis/scan`, { method: "POST", headers, body: JSON.stringify({ baselineId: data.id }) });
  await expect.poll(claim, { timeout: 15_000 }).toMatchObject([{ policyId: data.id }]);

  // Someone still watching does not hold up the end.
  const watched = await fetch(`${url}/api/v1/events`, { headers });
  const startedAt = performance.now();
  await server.close();
  await server.close();
  expect(performance.now() - startedAt).toBeLessThan(15_000);
  await watched.body?.cancel().catch(() => undefined);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  const again = await start(stateDir);
  expect(again.firstRun).toBeNull();
  await enrol(again.url, await again.issueEnrolmentToken(firstRun.orgId));
  expect(fs.statSync(path.join(stateDir, "keys", "session.key")).mode & 0o777).toBe(0o600);
});

it("refuses a state directory that another server works on, and a port in use, without ending the other", async () => {
  const stateDir = aStateDir();
  const server = await start(stateDir);
  await expect(start(stateDir)).rejects.toThrow(/Another Holdfast server/);
  const busy = start(aStateDir(), { port: server.port });
  await expect(busy).rejects.toThrow(`Port ${server.port} on 127.0.0.1 is in use`);
  await expect(busy).rejects.toBeInstanceOf(StartupError);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

it("takes over the database that a killed server left running", async () => {
  const stateDir = aStateDir();
  const script = fileURLToPath(new URL("./test/start-server.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, stateDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const { pid } = readPostmaster(path.join(stateDir, "postgres", "data")) ?? { pid: 0 };
  expect(String(line)).toContain("first run");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isAlive(pid)).toBe(true);
  const server = await start(stateDir);
  expect(server.firstRun).toBeNull();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  await server.close();
  expect(isAlive(pid)).toBe(false);
});

it("serves the dashboard: its page for every page address, its assets for ever, never for an interface", async () => {
  const dashboardDir = aStateDir();
  fs.mkdirSync(path.join(dashboardDir, "assets"));
  fs.writeFileSync(path.join(dashboardDir, "index.html"), "<!doctype html><title>Holdfast</title>");
  fs.writeFileSync(path.join(dashboardDir, "assets", "app-abc123.js"), "1");
  const { url } = await start(aStateDir(), { dashboardDir });
  const page = await fetch(`${url}/devices/some-id?open=1.1.2`, { headers: { accept: "text/html" } });
  expect(await page.text()).toContain("<title>Holdfast");
  expect(page.headers.get("content-security-policy")).toContain("script-src 'self';");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  const asset = await fetch(`${url}/assets/app-abc123.js`);
  expect(asset.headers.get("cache-control")).toContain("immutable");
  for (const missing of ["/assets/gone.js", "/api/v1/nothing", "/cis/nothing", "/agent/v1/nothing"]) {
    const response = await fetch(url + missing, { headers: { accept: "text/html" } });
    expect(response.status, missing).toBe(404);
    expect(response.headers.get("content-type"), missing).toContain("application/json");
  }
  for (const outside of ["/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%00"]) {
    const response = await fetch(url + outside);
    expect(response.status, outside).toBeLessThan(500);
    expect(await response.text(), outside).not.toContain("root:");
  }
});

it("says in a sentence what is wrong with its configuration", async () => {
  const stateDir = aStateDir();
  await expect(startServer({ pack: testPack, stateDir, role: "worker" })).rejects.toThrow(/DATABASE_URL/);
  const gone = "postgres://postgres:secret@127.0.0.1:9/none";
  const failure = await startServer({ pack: testPack, stateDir, databaseUrl: gone }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect(String(failure)).toContain("127.0.0.1:9");
  expect(String(failure)).not.toContain("secret");
});
