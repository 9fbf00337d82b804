import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { StartupError } from "../errors.ts";

/** Whom PostgreSQL runs as when we are root: it refuses uid 0, and a uid without a passwd entry. */
export interface DatabaseUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user to drop to; null when we are not root and run it as ourselves.
 *
 * @param dataDir when it exists, its owner decides, so that a user added later does not lock us out of our own data.
 * @throws StartupError when we are root and there is nobody to drop to.
 */
export function findDatabaseUser(dataDir: string): DatabaseUser | null {
  if (process.getuid?.() !== 0) return null;
  if (fs.existsSync(path.join(dataDir, "PG_VERSION"))) {
    const { uid, gid } = fs.statSync(dataDir);
    if (uid !== 0) return { name: `uid ${uid}`, uid, gid };
  }
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== null && gid !== null) return { name, uid, gid };
  }
  throw new StartupError('PostgreSQL cannot run as root, and there is neither a user "postgres" nor "nobody".');
}

/** Whether any user may walk to a directory. */
export function isReachableByOthers(directory: string): boolean {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    if ((fs.statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

function idOf(flag: "-u" | "-g", user: string): number | null {
  try {
    return Number(execFileSync("id", [flag, user], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return null;
  }
}
