import { execFile } from "node:child_process";
import {
  appendFile,
  chmod,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyCheck } from "./execute.ts";
import { directoryHost } from "./hosts/directory.ts";
import { readJournals } from "./journal.ts";
import { rollBack } from "./roll-back.ts";
import { aCheck, anExpectation, aPack } from "./test/a-check.ts";

const run = promisify(execFile);
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const check = aCheck({
  all: [
    anExpectation("sysctl", { key: "net.ipv4.ip_forward" }, { equals: "0" }),
    anExpectation("sysctl", { key: "kernel.kptr_restrict" }, { at_least: 1 }),
    anExpectation("sysctl", { key: "fs.suid_dumpable" }, { equals: "0" }),
    anExpectation("file", { path: "/etc/crontab" }, { mode_max: "0600" }),
  ],
});
const pack = aPack(check);

let directory = "";
let program = "";
let template = "";
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "holdfast-crash-"));
  program = path.join(directory, "apply-and-die.mjs");
  const entry = path.join(import.meta.dirname, "test/apply-and-die.ts");
  await build({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
    logLevel: "error",
  });
  template = path.join(directory, "template");
  await mkdir(path.join(template, "etc/sysctl.d"), { recursive: true });
  await writeFile(path.join(template, "etc/os-release"), "ID=debian\nVERSION_ID=12\n");
  await writeFile(path.join(template, "etc/passwd"), `root:x:${own.uid}:${own.gid}::/root:/bin/sh\n`);
  await writeFile(path.join(template, "etc/group"), `root:x:${own.gid}:\n`);
  await writeFile(path.join(template, "etc/crontab"), "# jobs\n");
  // Our own drop-in of an earlier time, with an odd mode: replaced by applying, back by rolling back.
  const dropIn = path.join(template, "etc/sysctl.d/99-zz-holdfast-kernel.kptr_restrict.conf");
  await writeFile(dropIn, "kernel.kptr_restrict = 0\n");
  await chmod(dropIn, 0o600);
});
afterAll(() => rm(directory, { recursive: true }));

/** A fresh machine with a fresh journal. */
async function aMachine(): Promise<{ root: string; journalDirectory: string; before: string }> {
  const home = await mkdtemp(path.join(directory, "machine-"));
  const root = path.join(home, "root");
  await cp(template, root, { recursive: true, preserveTimestamps: true });
  return { root, journalDirectory: path.join(home, "state/journal"), before: await picture(root) };
}

/** Every file with its text and mode. */
async function picture(root: string): Promise<string> {
  const lines: string[] = [];
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const { mode, uid, gid } = await lstat(file);
    lines.push(`${file.slice(root.length)} ${mode.toString(8)} ${uid} ${gid} ${await readFile(file, "utf8")}`);
  }
  return lines.sort().join("\n");
}

interface Calls {
  readonly calls: number;
  readonly writes: readonly number[];
}

/** Runs the program; null when it died as ordered. */
async function runAndDie(order: object): Promise<Calls | null> {
  try {
    const { stdout } = await run(process.execPath, [program, JSON.stringify(order)]);
    return JSON.parse(stdout);
  } catch (error) {
    if ((error as { signal?: string }).signal === "SIGKILL") return null;
    throw error;
  }
}

async function rollBackAll({ root, journalDirectory }: { root: string; journalDirectory: string }): Promise<void> {
  for (const { id, state } of await readJournals(journalDirectory)) {
    expect(state).not.toBe("damaged");
    await rollBack({ host: await directoryHost(root), journalDirectory, id });
  }
}

/** Before and after each write, and at every third of the other calls: each costs a process. */
function deathsOf({ calls, writes }: Calls): number[] {
  const near = new Set(writes.flatMap((write) => [write, write + 1]));
  const all = Array.from({ length: calls }, (_, index) => index + 1);
  return all.filter((call) => near.has(call) || call % 3 === 0 || call === calls);
}

it("can be rolled back wherever applying was killed, and applied then", { timeout: 120_000 }, async () => {
  const counted = await runAndDie({ ...(await aMachine()), check, dieBefore: 0 });
  if (counted === null) throw new Error("it was not to die");
  expect(counted.writes.length).toBeGreaterThanOrEqual(4);
  for (const dieBefore of deathsOf(counted)) {
    const machine = await aMachine();
    expect(await runAndDie({ ...machine, check, dieBefore })).toBeNull();
    await rollBackAll(machine);
    expect(await picture(machine.root), `killed before call ${dieBefore}`).toBe(machine.before);
    const host = await directoryHost(machine.root);
    if (dieBefore % 10 === 0)
      expect(await applyCheck({ ...machine, host, pack }, check)).toMatchObject({ outcome: "committed" });
  }
});

it("can be rolled back again wherever rolling back was killed", { timeout: 120_000 }, async () => {
  const applied = async () => {
    const machine = await aMachine();
    const execution = await applyCheck({ ...machine, host: await directoryHost(machine.root), pack }, check);
    if (execution.outcome !== "committed") throw new Error(JSON.stringify(execution));
    return { ...machine, check, rollBack: execution.id };
  };
  const counted = await runAndDie({ ...(await applied()), dieBefore: 0 });
  if (counted === null) throw new Error("it was not to die");
  for (const dieBefore of deathsOf(counted)) {
    const machine = await applied();
    expect(await runAndDie({ ...machine, dieBefore })).toBeNull();
    await rollBackAll(machine);
    expect(await picture(machine.root), `killed before call ${dieBefore}`).toBe(machine.before);
  }
});

it("takes a last journal line that was cut off anywhere for one that was never written", async () => {
  const machine = await aMachine();
  await runAndDie({ ...machine, check, dieBefore: 0 });
  const [record] = await readJournals(machine.journalDirectory);
  const file = path.join(machine.journalDirectory, `${record?.id}.jsonl`);
  const whole = await readFile(file);
  const lastLine = whole.subarray(0, -1).lastIndexOf("\n") + 1;
  for (const length of [lastLine, lastLine + 1, lastLine + 9, whole.length - 1]) {
    await truncate(file, length);
    expect(await readJournals(machine.journalDirectory)).toMatchObject([{ state: "interrupted" }]);
    await writeFile(file, whole);
  }
  await truncate(file, lastLine + 9);
  await rollBackAll(machine);
  expect(await picture(machine.root)).toBe(machine.before);
  expect(await readJournals(machine.journalDirectory)).toMatchObject([{ state: "rolled_back" }]);
});

it("calls a journal with garbage in the middle damaged, and one without a header unstarted", async () => {
  const machine = await aMachine();
  await runAndDie({ ...machine, check, dieBefore: 0 });
  const [record] = await readJournals(machine.journalDirectory);
  const file = path.join(machine.journalDirectory, `${record?.id}.jsonl`);
  const whole = await readFile(file, "utf8");
  await writeFile(file, whole.replace('{"entry":"begin"', '{"entry":"beg'));
  expect(await readJournals(machine.journalDirectory)).toMatchObject([{ state: "damaged" }]);
  await writeFile(file, whole.slice(0, 40));
  expect(await readJournals(machine.journalDirectory)).toMatchObject([{ state: "unstarted" }]);
  await appendFile(file, "\n");
  expect(await readJournals(machine.journalDirectory)).toMatchObject([{ state: "unstarted" }]);
});
