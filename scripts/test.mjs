// `npm test`: installs what the tests need, then type checks, lints and runs every test. Ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildAll, fail, installPackages, requireNode, root, say } from "./prepare.mjs";

requireNode();
installPackages();
const chromium = findOrInstall("CHROMIUM_PATH", "chromium", ["chromium", "fonts-liberation"]);
const redis = findOrInstall("REDIS_SERVER_PATH", "redis-server", ["redis-server"]);
buildAll();

const checks = [
  ["type check", "node_modules/typescript/bin/tsc", ["-p", "tsconfig.json"]],
  ["type check of the dashboard", "node_modules/typescript/bin/tsc", ["-p", "apps/dashboard/tsconfig.json"]],
  ["lint", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
];
let passed = 0;
let failed = 0;
for (const [name, script, args] of checks) {
  say(`${name} …`);
  const { status } = spawnSync(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    stdio: ["ignore", 1, 1],
  });
  if (status === 0) passed += 1;
  else failed += 1;
}

const scratch = mkdtempSync(path.join(tmpdir(), "holdfast-test-"));
const results = path.join(scratch, "results.json");
const vitest = spawnSync(
  process.execPath,
  [
    path.join(root, "node_modules/vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${results}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: ["ignore", 1, 1], env: { ...process.env, CHROMIUM_PATH: chromium, REDIS_SERVER_PATH: redis } },
);
let skipped = 0;
if (existsSync(results)) {
  const report = JSON.parse(readFileSync(results, "utf8"));
  passed += report.numPassedTests;
  failed +=
    report.numFailedTests +
    report.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0).length;
  skipped = report.numPendingTests + report.numTodoTests;
}
rmSync(scratch, { recursive: true, force: true });
if (vitest.status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exit(failed === 0 ? 0 : 1);

/** A program's path: from the environment, from PATH, or installed with apt where we are root on Debian. */
function findOrInstall(variable, program, packages) {
  const given = process.env[variable];
  if (given) return existsSync(given) ? given : fail(`${variable} names ${given}, which does not exist.`);
  const found = which(program);
  if (found) return found;
  if (process.getuid?.() === 0 && which("apt-get")) {
    say(`Installing ${packages.join(", ")} for the tests …`);
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args) => spawnSync("apt-get", args, { stdio: ["ignore", "ignore", 2], env: environment });
    apt("update", "-q");
    apt("install", "-y", "-q", "--no-install-recommends", ...packages);
  }
  return (
    which(program) ??
    fail(`The tests need ${program}: install it (Debian: ${packages.join(" ")}) or set ${variable} to its path.`)
  );
}

function which(program) {
  const directories = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/bin", "/usr/sbin", "/usr/local/bin"];
  return directories.map((directory) => path.join(directory, program)).find((file) => existsSync(file)) ?? null;
}
