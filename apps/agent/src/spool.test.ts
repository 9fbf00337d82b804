import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSpool, type Spool } from "./spool.ts";
import { anUpload } from "./test/an-upload.ts";
import { ServerUnreachable } from "./uplink.ts";

let directory = "";
let lines: string[] = [];
const open = (): Promise<Spool> => openSpool(directory, (line) => lines.push(line));
const at = (index: number): string => new Date(1_700_000_000_000 + index).toISOString();

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "holdfast-spool-"));
  lines = [];
});
afterEach(() => rm(directory, { recursive: true }));

async function drained(spool: Spool): Promise<FactUpload[]> {
  const uploads: FactUpload[] = [];
  await spool.drain(async (upload) => void uploads.push(upload));
  return uploads;
}

it("gives back what was put in, oldest first, once", async () => {
  const spool = await open();
  const uploads = [3, 1, 2].map((index) => anUpload({ checkedAt: at(index) }));
  for (const upload of uploads) await spool.add(upload);
  expect(await drained(await open())).toEqual([uploads[1], uploads[2], uploads[0]]);
  expect(await drained(spool)).toEqual([]);
});

it("keeps the newest 100 of each policy", async () => {
  const spool = await open();
  const policyId = randomUUID();
  for (let index = 0; index < 103; index += 1) await spool.add(anUpload({ policyId, checkedAt: at(index) }));
  await spool.add(anUpload({ checkedAt: at(0) }));
  const kept = await drained(spool);
  expect(kept).toHaveLength(101);
  expect(kept.filter((upload) => upload.policyId === policyId)[0]?.checkedAt).toBe(at(3));
});

it("keeps what was not sent, and passes over what the server fails on again and again", async () => {
  const spool = await open();
  await spool.add(anUpload({ checkedAt: at(1) }));
  await spool.add(anUpload({ checkedAt: at(2) }));
  const fail = (answered: boolean) => spool.drain(() => Promise.reject(new ServerUnreachable("no", { answered })));
  for (let attempt = 0; attempt < 9; attempt += 1) await expect(fail(false)).rejects.toThrow("no");
  for (let attempt = 0; attempt < 5; attempt += 1) await expect(fail(true)).rejects.toThrow("no");
  expect((await drained(spool)).map((upload) => upload.checkedAt)).toEqual([at(2)]);
  expect((await drained(await open())).map((upload) => upload.checkedAt)).toEqual([at(1)]);
});

it("drops damaged files and those never finished", async () => {
  const spool = await open();
  await spool.add(anUpload({ checkedAt: at(1) }));
  const [name = ""] = await readdir(directory);
  await truncate(path.join(directory, name), 50);
  await writeFile(path.join(directory, `${name}.0011.tmp`), "half");
  await spool.add(anUpload({ checkedAt: at(2) }));
  expect(await drained(await open())).toHaveLength(1);
  expect(lines.join()).toContain("damaged");
  expect(await readdir(directory)).toEqual([]);
});

it("makes no file name of ids that are none", async () => {
  await expect((await open()).add(anUpload({ policyId: "../../../etc/x" }))).rejects.toThrow(RangeError);
});

it("holds whole uploads only, whenever the process is killed", { timeout: 60_000 }, async () => {
  const program = path.join(directory, "program.mjs");
  const entry = path.join(import.meta.dirname, "test/spool-until-killed.ts");
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
    logLevel: "error",
  });
  for (const afterMs of [0, 3, 7, 12, 18]) {
    const spoolDirectory = path.join(directory, `killed-after-${afterMs}`);
    const child = spawn(process.execPath, [program, spoolDirectory], { stdio: ["ignore", "pipe", "inherit"] });
    let added = 0;
    child.stdout.on("data", (chunk: Buffer) => {
      added += chunk.length;
    });
    await once(child.stdout, "data");
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill("SIGKILL");
    await once(child, "close");
    const kept = await drained(await openSpool(spoolDirectory, (line) => lines.push(line)));
    expect(kept.length).toBeGreaterThanOrEqual(Math.min(added, 100));
    expect(kept.every((upload) => Object.keys(upload.changed).length === 200)).toBe(true);
  }
  expect(lines).toEqual([]);
});
