// `npm run bench`: how long a full Level 2 scan takes, as a ratio to lynis on the same machine in the same run, and its
// peak memory. `npm run bench -- fleet`: what a large fleet costs the server (scripts/bench/fleet.ts). Prints figures; judges
// none. `--json` prints them for scripts. Needs Linux; lynis for the ratio.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { buildAll, installPackages, requireNode, root, say } from "./prepare.mjs";

const rounds = 3;
const pollMs = 5;

requireNode();
installPackages();
buildAll();
if (process.argv[2] === "fleet") process.exit(await benchFleet(process.argv.slice(3)));
const lynis = ["/usr/sbin/lynis", "/usr/bin/lynis", "/usr/local/sbin/lynis"].find((file) => existsSync(file));
if (!lynis) say("lynis is not installed (Debian: apt-get install lynis), so there is no ratio to it.");

const holdfast = [process.execPath, path.join(root, "apps/cli/dist/holdfast.js"), "scan", "--level", "2", "--json"];
const peer = lynis && [lynis, "audit", "system", "--quick", "--no-colors"];
await measure(holdfast); // warm-up: the first run pays for cold files
const ours = [];
const theirs = [];
for (let round = 0; round < rounds; round += 1) {
  ours.push(await measure(holdfast));
  if (peer) theirs.push(await measure(peer));
}

const report = {
  machine: `${process.platform} ${process.arch}, ${availableParallelism()} CPUs, Node ${process.versions.node}`,
  rounds,
  holdfast: summaryOf(ours),
  ...(peer ? { lynis: { version: lynisVersion(), ...summaryOf(theirs) } } : {}),
  ...(peer ? { wallRatio: round(median(ours, "wallMs") / median(theirs, "wallMs"), 4) } : {}),
};
if (process.argv.includes("--json")) console.log(JSON.stringify(report, null, 2));
else print(report);

/** Bundled first, so that no time goes into translating. */
async function benchFleet(args) {
  const outdir = path.join(root, "apps/cli/dist/bench");
  await build({
    entryPoints: ["fleet.ts", "fleet-server.ts"].map((file) => path.join(root, "scripts/bench", file)),
    outdir,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: Object.fromEntries(
      ["contracts", "content", "engine"].map((name) => [`@holdfast/${name}`, path.join(root, "packages", name, "src")]),
    ),
    logLevel: "warning",
  });
  const { status } = spawnSync(process.execPath, [path.join(outdir, "fleet.js"), root, ...args], { stdio: "inherit" });
  rmSync(outdir, { recursive: true, force: true });
  return status ?? 3;
}

/** Runs a program to its end: wall time, and the highest resident memory of it and its children that was seen. */
async function measure([program, ...args]) {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: "ignore" });
  let peakKb = 0;
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, highWaterKb(child.pid));
  }, pollMs);
  await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  clearInterval(timer);
  return { wallMs: performance.now() - startedAt, peakMib: peakKb / 1024 };
}

/** VmHWM of proc_pid_status(5) in kB; 0 when the process is gone. */
function highWaterKb(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function summaryOf(runs) {
  return {
    wallMs: Math.round(median(runs, "wallMs")),
    peakMib: Math.round(Math.max(...runs.map((run) => run.peakMib))),
  };
}

function median(runs, key) {
  const values = runs.map((run) => run[key]).sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)];
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

function lynisVersion() {
  return spawnSync(lynis, ["show", "version"], { encoding: "utf8" }).stdout.trim();
}

function print({ machine, holdfast: scan, lynis: other, wallRatio }) {
  console.log(`${machine}; median of ${rounds} runs`);
  console.log(`holdfast scan --level 2        ${(scan.wallMs / 1000).toFixed(2)} s, peak ${scan.peakMib} MiB`);
  if (!other) return;
  console.log(`lynis audit system --quick     ${(other.wallMs / 1000).toFixed(2)} s (lynis ${other.version})`);
  console.log(`wall time ratio                ${wallRatio} (1/${(1 / wallRatio).toFixed(0)})`);
}
