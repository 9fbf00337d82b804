import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { aTemporaryDirectory, type Ended, type HoldfastProcess, processesNaming, startUp } from "./holdfast-process.ts";
import { anOrdinaryUser, isRoot } from "./ordinary-user.ts";
import { repositoryRoot } from "./tracked-files.ts";

const timeout = 180_000;
/** Far above what it takes (under 2 s on two cores), for machines that are busy with something else. */
const secondStartLimitMs = 15_000;

/** Where Holdfast keeps everything in this test; made by Holdfast itself. */
function aStateDir(): string {
  return path.join(aTemporaryDirectory(), "state");
}

async function refused(starting: Promise<HoldfastProcess>): Promise<Ended> {
  const holdfast = await starting;
  const ended = await holdfast.ended();
  expect(ended.stdout).toBe("");
  expect(ended.stderr).toMatch(/^holdfast: [^\n]+\.\n$/);
  expect(ended.code).toBe(3);
  return ended;
}

describe("holdfast up", () => {
  it("scans this machine, keeps everything for the next start, and ends all it started", { timeout }, async () => {
    const stateDir = aStateDir();
    const first = await startUp({ stateDir });
    await first.ready();
    const firstRun = first.firstRun();
    expect(statSync(path.join(stateDir, "first-run.json")).mode & 0o777).toBe(0o600);
    expect(firstRun).toEqual({
      url: `http://127.0.0.1:${first.port}`,
      email: "admin@holdfast.local",
      password: expect.stringMatching(/^\S{16,}$/),
      apiToken: expect.stringMatching(/^hf_/),
      orgId: expect.any(String),
      deviceId: expect.any(String),
    });
    expect((await fetch(`${firstRun.url}/healthz`)).status).toBe(200);
    await first.scored();
    const { result, findings } = await first.getFindings();
    expect(findings.length).toBeGreaterThan(200);
    expect(Object.values(result.counts).reduce((sum, count) => sum + count, 0)).toBe(findings.length);
    expect(processesNaming(stateDir).map(({ command }) => command)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("holdfast.js up"),
        expect.stringContaining("holdfast.js agent run"),
        expect.stringContaining("bin/postgres"),
      ]),
    );
    const ended = await first.interrupt();
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout).toContain(firstRun.password);
    expect(ended.stdout).toMatch(/Score \d+\.\d, risk \w+/);
    expect(ended.stdout).not.toMatch(/^\{/m);
    expect(ended.stdout).not.toContain("\u001b");
    expect(processesNaming(stateDir)).toEqual([]);
    expect(readFileSync(path.join(stateDir, "server.log"), "utf8")).toContain('"msg":"Server listening');
    expect(readFileSync(path.join(stateDir, "agent.log"), "utf8")).toContain("enrolled with");

    const second = await startUp({ stateDir, port: first.port });
    const readyMs = await second.ready();
    console.log(`second start: ready after ${Math.round(readyMs)} ms`);
    expect(readyMs).toBeLessThan(secondStartLimitMs);
    expect(second.firstRun()).toEqual(firstRun);
    const devices = await second.listDevices();
    expect(devices.map(({ id }) => id)).toEqual([firstRun.deviceId]);
    const kept = (await second.getDevice()).latest[0];
    expect(Date.parse(kept?.checkedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(result.checkedAt));
    const signIn = { email: firstRun.email, password: firstRun.password };
    const session = await fetch(`${firstRun.url}/api/v1/auth/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(signIn),
    });
    expect(session.status).toBe(200);
    expect(await second.interrupt()).toMatchObject({ code: 0, stderr: "" });
    expect(processesNaming(stateDir)).toEqual([]);
  });

  it("ends in order when a Ctrl-C comes twice: by itself, and passed on by npm start", { timeout }, async () => {
    const stateDir = aStateDir();
    const holdfast = await startUp({ stateDir });
    await holdfast.ready();
    const ending = holdfast.interrupt();
    await sleep(50);
    process.kill(holdfast.pid, "SIGINT");
    expect((await ending).code).toBe(0);
    expect(processesNaming(stateDir)).toEqual([]);
  });

  it("is ended by Ctrl-C while it is still starting", { timeout }, async () => {
    const stateDir = aStateDir();
    const holdfast = await startUp({ stateDir });
    await expect.poll(() => existsSync(path.join(stateDir, "postgres")), { timeout: 30_000 }).toBe(true);
    expect((await holdfast.interrupt()).code).toBe(0);
    expect(processesNaming(stateDir)).toEqual([]);
    const again = await startUp({ stateDir });
    await again.ready();
    expect((await again.interrupt()).code).toBe(0);
  });

  it("runs as an ordinary user, and says how many checks need root", { timeout }, async () => {
    const scratch = aTemporaryDirectory();
    const { directory, ...user } = anOrdinaryUser(scratch);
    const holdfast = await startUp({ ...user, stateDir: path.join(directory("data"), "state") });
    await holdfast.scored();
    const { findings } = await holdfast.getFindings();
    const needRoot = findings.filter(({ status, message }) => status === "error" && message.includes("needs root"));
    expect(needRoot.length).toBeGreaterThan(0);
    const { code, stdout, stderr } = await holdfast.interrupt();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`${needRoot.length} checks need root to be read: stop this and run sudo npm start`);
    expect(processesNaming(scratch)).toEqual([]);
  });
});

describe("holdfast up refuses, in one sentence and with nothing left running,", () => {
  it("a busy port", async () => {
    const stateDir = aStateDir();
    const server = createServer();
    onTestFinished(async () => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { stderr } = await refused(startUp({ stateDir, port }));
    expect(stderr).toContain(`Port ${port} is in use; choose another with --port`);
    expect(processesNaming(stateDir)).toEqual([]);
  });

  it("a second instance", { timeout }, async () => {
    const stateDir = aStateDir();
    const holdfast = await startUp({ stateDir });
    await holdfast.ready();
    const { stderr } = await refused(startUp({ stateDir }));
    expect(stderr).toContain("already running");
    expect((await fetch(`${holdfast.firstRun().url}/healthz`)).status).toBe(200);
    expect((await holdfast.interrupt()).code).toBe(0);
  });

  it("a state directory that is a file", async () => {
    const stateDir = aStateDir();
    writeFileSync(stateDir, "mine");
    expect((await refused(startUp({ stateDir }))).stderr).toContain(stateDir);
    expect(readFileSync(stateDir, "utf8")).toBe("mine");
  });

  it("a state directory that the user cannot write", async () => {
    const scratch = aTemporaryDirectory();
    const { directory: _, ...user } = anOrdinaryUser(scratch);
    const stateDir = path.join(scratch, "closed");
    mkdirSync(stateDir);
    chmodSync(stateDir, 0o555);
    expect((await refused(startUp({ ...user, stateDir }))).stderr).toContain(stateDir);
    expect((await refused(startUp({ ...user, stateDir: path.join(stateDir, "in", "it") }))).stderr).toContain(stateDir);
    expect(processesNaming(scratch)).toEqual([]);
  });

  // Only root's database runs as another user.
  if (isRoot) {
    it("a state directory that the database's user cannot reach", async () => {
      const home = path.join(aTemporaryDirectory(), "home");
      mkdirSync(home, { mode: 0o700 });
      const { stderr } = await refused(startUp({ stateDir: path.join(home, "state") }));
      expect(stderr).toContain("cannot reach");
      expect(processesNaming(home)).toEqual([]);
    });
  }

  it.each([8, 39])("a disk that is full at %i MiB, and works once there is space", { timeout }, async (mebibytes) => {
    const scratch = aTemporaryDirectory();
    const disk = aSmallDisk(scratch, mebibytes);
    const stateDir = path.join(disk.directory, "state");
    const { stderr } = await refused(startUp({ stateDir, ...disk.limits }));
    expect(stderr).toMatch(disk.says);
    expect(processesNaming(scratch)).toEqual([]);
    disk.grow();
    const holdfast = await startUp({ stateDir });
    await holdfast.ready();
    expect((await holdfast.interrupt()).code).toBe(0);
  });
});

interface SmallDisk {
  readonly directory: string;
  readonly limits: { readonly program?: readonly string[] };
  readonly says: RegExp;
  grow(): void;
}

/**
 * A file system of a few MiB; where we may not mount one, a directory in which no file may grow past 1 MiB, which a
 * database notices at the same places.
 */
function aSmallDisk(scratch: string, mebibytes: number): SmallDisk {
  const directory = path.join(scratch, "disk");
  mkdirSync(directory, { mode: 0o711 });
  const mount = (...options: string[]) => spawnSync("mount", ["-t", "tmpfs", "-o", ...options, "tmpfs", directory]);
  if (isRoot && mount(`size=${mebibytes}m,mode=711`).status === 0) {
    onTestFinished(() => void spawnSync("umount", [directory]));
    const grow = (): void => void mount("remount,size=400m");
    return { directory, limits: {}, says: /The disk that holds .* is full; free some space/, grow };
  }
  const limited = ["sh", "-c", 'ulimit -f 2048; exec "$@"', "sh", process.execPath];
  const program = [...limited, path.join(repositoryRoot, "apps/cli/dist/holdfast.js"), "up"];
  return { directory, limits: { program }, says: /did not start|is full|too large/, grow: () => undefined };
}
