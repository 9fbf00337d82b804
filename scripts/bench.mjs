// `npm run bench`: what a full Level 2 scan takes in wall time, as a ratio to lynis on the same machine in the same run, in
// processor time and in memory. `npm run bench -- fleet`: what a large fleet costs the server (scripts/bench/fleet.ts).
// Prints figures; judges none. `--json` prints them for scripts. Needs Linux; lynis for the ratio.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { buildAll, installPackages, requireNode, root, say } from "./prepare.mjs";

const rounds = 3;
const pollMs = 5;
/** Ticks of proc_pid_stat(5) are hundredths of a second on every Linux that Node runs on. */
const msPerTick = 10;

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

/**
 * Runs a program to its end: wall time, processor time with that of the programs it ran, and of itself what was seen last,
 * and its own highest resident memory.
 */
async function measure([program, ...args]) {
  const startedAt = performance.now();
  const cpuBefore = ticksOfChildren();
  const child = spawn(program, args, { stdio: "ignore" });
  let peakKb = 0;
  let ownTicks = 0;
  const timer = setInterval(() => {
    peakKb = Math.max(peakKb, highWaterKb(child.pid));
    ownTicks = Math.max(ownTicks, ticksOf(child.pid));
  }, pollMs);
  await new Promise((resolve, reject) => child.once("exit", resolve).once("error", reject));
  clearInterval(timer);
  return {
    wallMs: performance.now() - startedAt,
    cpuMs: (ticksOfChildren() - cpuBefore) * msPerTick,
    ownCpuMs: ownTicks * msPerTick,
    peakMib: peakKb / 1024,
  };
}

/** VmHWM of proc_pid_status(5) in kB; 0 when the process is gone. */
function highWaterKb(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Processor time of a process itself; 0 when it is gone. */
function ticksOf(pid) {
  const [user = 0, system = 0] = timesOf(pid);
  return user + system;
}

/** Processor time of all that this process has started and that has ended. */
function ticksOfChildren() {
  const [, , user = 0, system = 0] = timesOf("self");
  return user + system;
}

/** utime, stime, cutime and cstime of proc_pid_stat(5). */
function timesOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command may hold spaces and brackets; what follows its last bracket does not.
    return text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 15)
      .map(Number);
  } catch {
    return [];
  }
}

function summaryOf(runs) {
  return {
    wallMs: Math.round(median(runs, "wallMs")),
    cpuMs: Math.round(median(runs, "cpuMs")),
    ownCpuMs: Math.round(median(runs, "ownCpuMs")),
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
  console.log(`holdfast scan --level 2        ${figures(scan)}, peak ${scan.peakMib} MiB`);
  if (!other) return;
  console.log(`lynis audit system --quick     ${figures(other)} (lynis ${other.version})`);
  console.log(`wall time ratio                ${wallRatio} (1/${(1 / wallRatio).toFixed(0)})`);
}

function figures({ wallMs, cpuMs, ownCpuMs }) {
  const seconds = (ms) => (ms / 1000).toFixed(2);
  return `${seconds(wallMs)} s, CPU ${seconds(cpuMs)} s (${seconds(ownCpuMs)} s its own, the rest of programs it runs)`;
}
