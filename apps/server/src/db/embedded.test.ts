import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { StartupError } from "../errors.ts";
import { aStateDir } from "../test/state-dir.ts";
import { startEmbedded } from "./embedded.ts";
import { prepareBinaries } from "./embedded-binaries.ts";
import { isAlive } from "./postmaster.ts";

async function startedIn(root: string) {
  const database = await startEmbedded(root);
  onTestFinished(() => database.stop());
  return database;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

it("keeps its data over a restart, is adopted while it runs, and logs to a file", async () => {
  const root = path.join(aStateDir(), "postgres");
  const first = await startedIn(root);
  await query(first.url, "create table kept (a int)");
  const adopted = await startEmbedded(root);
  expect(adopted).toMatchObject({ adopted: true, pid: first.pid, url: first.url });
  await first.stop();
  await first.stop();
  expect(isAlive(first.pid)).toBe(false);
  const second = await startedIn(root);
  expect(second.adopted).toBe(false);
  expect(await query(second.url, "select * from kept")).toEqual([]);
  expect(fs.readdirSync(path.join(root, "data", "log"))).not.toEqual([]);
  expect(fs.statSync(path.join(root, "pg.secret")).mode & 0o777).toBe(0o600);
});

it("starts again after its process was killed, and over a lock file of another program", async () => {
  const root = path.join(aStateDir(), "postgres");
  const first = await startedIn(root);
  await query(first.url, "create table kept (a int)");
  process.kill(first.pid, "SIGKILL");
  await expect.poll(() => isAlive(first.pid)).toBe(false);
  const second = await startedIn(root);
  expect(second.adopted).toBe(false);
  await second.stop();
  const lock = path.join(root, "data", "postmaster.pid");
  fs.writeFileSync(lock, [process.pid, "x", "0", "5432", "", "", "", "ready"].join("\n"));
  const third = await startedIn(root);
  expect(await query(third.url, "select * from kept")).toEqual([]);
});

it.runIf(process.platform === "linux")("waits for a killed process that nobody has collected yet", async () => {
  const root = path.join(aStateDir(), "postgres");
  await (await startedIn(root)).stop();
  const data = path.join(root, "data");
  const { uid, gid } = fs.statSync(data);
  // Its second program does not know of the first one's child, which ends and stays.
  const parent = spawn("sh", ["-c", "true & echo $!; exec sleep 2"], {
    uid,
    gid,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const left = Number(line.toString());
  await expect.poll(() => isAlive(left)).toBe(false);
  expect(process.kill(left, 0)).toBe(true);
  fs.writeFileSync(path.join(data, "postmaster.pid"), [left, "x", "0", "5432", "", "", "", "ready"].join("\n"));
  expect((await startedIn(root)).adopted).toBe(false);
});

it("starts over when its first start was interrupted", async () => {
  const root = path.join(aStateDir(), "postgres");
  fs.mkdirSync(path.join(root, "data", "base"), { recursive: true });
  fs.chmodSync(root, 0o711);
  expect((await startedIn(root)).adopted).toBe(false);
});

it("says in one sentence why it cannot start", async () => {
  const parent = aStateDir();
  fs.writeFileSync(path.join(parent, "file"), "");
  const failure = await startEmbedded(path.join(parent, "file", "postgres")).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(StartupError);
  expect((failure as StartupError).message).not.toMatch(/\n/);
});

it("restores links and execute bits that an install without scripts leaves out", () => {
  const root = aStateDir();
  const native = prepareBinaries(root, false);
  const links = JSON.parse(fs.readFileSync(path.join(native, "pg-symlinks.json"), "utf8")) as { target: string }[];
  for (const { target } of links) expect(fs.existsSync(path.join(native, path.relative("native", target)))).toBe(true);
});
