import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, statSync } from "node:fs";
import path from "node:path";
import { builtProgram } from "./holdfast-process.ts";
import { repositoryRoot } from "./tracked-files.ts";

export const isRoot = process.getuid?.() === 0;

/** How to run the program without root's rights: as ourselves, or, when we are root, as "nobody". */
export interface OrdinaryUser {
  readonly program: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** A directory of the user's own, made in `scratch`. */
  directory(name: string): string;
}

/**
 * @param scratch a directory that every user can walk to. Where the checkout or Node itself is out of the user's reach, in
 * a private home, what runs is copied there.
 */
export function anOrdinaryUser(scratch: string): OrdinaryUser {
  const ids = isRoot ? { uid: idOf("-u"), gid: idOf("-g") } : {};
  const directory = (name: string): string => {
    const made = path.join(scratch, name);
    mkdirSync(made, { mode: 0o700 });
    if (ids.uid !== undefined) chownSync(made, ids.uid, ids.gid);
    return made;
  };
  const home = directory("home");
  const program = isRoot ? reachableProgram(scratch) : [process.execPath, builtProgram];
  return { ...ids, directory, program: [...program, "up"], env: { HOME: home, XDG_DATA_HOME: home } };
}

function reachableProgram(scratch: string): string[] {
  const node = isReachable(process.execPath) ? process.execPath : path.join(scratch, "node");
  if (node !== process.execPath) cpSync(process.execPath, node);
  if (isReachable(builtProgram)) return [node, builtProgram];
  const copy = path.join(scratch, "checkout");
  for (const part of ["package.json", "node_modules", "apps/cli/dist", "apps/dashboard/dist"])
    cpSync(path.join(repositoryRoot, part), path.join(copy, part), { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return [node, path.join(copy, "apps/cli/dist/holdfast.js")];
}

function isReachable(file: string): boolean {
  for (let at = path.dirname(file); ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

function idOf(flag: "-u" | "-g"): number {
  return Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
}
