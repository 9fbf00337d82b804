// Brings a checkout to where it can run: packages installed as locked, everything built. Does nothing the second time.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));
const stampDirectory = path.join(root, "node_modules/.cache/holdfast");

/** @throws Error in one sentence when this Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  fail(`Holdfast needs Node 20.19 or later; this is ${process.versions.node}. Install a newer Node and run it again.`);
}

/** Installs the packages of package-lock.json unless that was done for exactly this lock file and Node version. */
export function installPackages() {
  const wanted = digest(
    [path.join(root, "package-lock.json")],
    `${process.version} ${process.platform}-${process.arch}`,
  );
  if (stampOf("install") === wanted) return;
  say("Installing packages (once) …");
  // Through a shell on Windows only, where npm is a .cmd file.
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], process.platform === "win32");
  writeStamp("install", wanted);
}

/** Builds unless the sources are the ones last built. */
export function buildAll() {
  const wanted = digest(sourceFiles(), process.version);
  const built = ["apps/cli/dist/holdfast.js", "apps/cli/dist/server.js", "apps/dashboard/dist/index.html"];
  if (stampOf("build") === wanted && built.every((file) => existsSync(path.join(root, file)))) return;
  say("Building (once) …");
  run(process.execPath, [path.join(root, "scripts/build.mjs")], false);
  writeStamp("build", wanted);
}

/** Runs a program in the checkout, its output on standard error; ends this one with its status when it fails. */
export function run(command, args, shell = false) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], shell });
  if (error) fail(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`${[path.basename(command), ...args].join(" ")} failed (status ${status}); see above.`);
}

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export function fail(text) {
  say(`holdfast: ${text}`);
  process.exit(3);
}

function sourceFiles() {
  const files = [path.join(root, "package-lock.json"), path.join(root, "scripts/build.mjs")];
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (entry.name === "node_modules" || entry.name === "dist") continue;
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (!/\.test\.tsx?$/.test(entry.name)) files.push(file);
    }
  };
  for (const directory of ["apps", "packages", "content"]) visit(path.join(root, directory));
  return files;
}

/** Of names, sizes and times, not contents: quick, and a changed file changes it. */
function digest(files, salt) {
  const hash = createHash("sha256").update(salt);
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${path.relative(root, file)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function stampOf(name) {
  const file = path.join(stampDirectory, name);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

function writeStamp(name, text) {
  mkdirSync(stampDirectory, { recursive: true });
  writeFileSync(path.join(stampDirectory, name), text);
}
