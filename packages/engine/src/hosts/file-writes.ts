import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename, unlink } from "node:fs/promises";
import { posix } from "node:path";
import type { WritableHost } from "../host.ts";
import type { PathDoor } from "./file-reads.ts";
import { isAbsent } from "./read-failure.ts";
import { WriteRefusedError } from "./write-refused.ts";

/**
 * The writing half of a host, through a door. Every write is on disk when it returns, and is whole or not at all.
 * Nothing is written through a link in the last component.
 */
export function fileWrites(door: PathDoor): Pick<WritableHost, "writeFile" | "removeFile" | "setMode" | "setOwner"> {
  async function locateForWriting(path: string): Promise<string> {
    const name = posix.basename(path);
    if (!path.startsWith("/") || path.includes("\0") || name === "" || name === "." || name === "..")
      throw new WriteRefusedError(`not an absolute path to a file: ${path.slice(0, 200)}`);
    const parent = await door.locate(posix.dirname(path), "follow");
    if (parent === null) throw new WriteRefusedError(`no such directory: ${posix.dirname(path)}`);
    return `${parent === "/" ? "" : parent}/${name}`;
  }
  return {
    async writeFile(path, text, attributes) {
      const located = await locateForWriting(path);
      await requireRegularOrAbsent(located, path);
      await replaceFile(located, text, attributes);
    },
    async removeFile(path) {
      const located = await locateForWriting(path);
      if ((await requireRegularOrAbsent(located, path)) === "absent") return;
      await unlink(located);
      await syncDirectory(posix.dirname(located));
    },
    async setMode(path, mode) {
      await withFile(await locateForWriting(path), path, (handle) => handle.chmod(mode));
    },
    async setOwner(path, uid, gid) {
      await withFile(await locateForWriting(path), path, async (handle) => {
        const { mode } = await handle.stat();
        await handle.chown(uid, gid);
        // The kernel takes setuid and setgid away on chown; only the owner was to change.
        if ((mode & 0o6000) !== 0) await handle.chmod(mode & 0o7777);
      });
    },
  };
}

async function requireRegularOrAbsent(located: string, path: string): Promise<"regular" | "absent"> {
  try {
    const stats = await lstat(located);
    if (stats.isSymbolicLink()) throw new WriteRefusedError(`a symbolic link, not written through: ${path}`);
    if (!stats.isFile()) throw new WriteRefusedError(`not a regular file: ${path}`);
    return "regular";
  } catch (error) {
    if (isAbsent(error)) return "absent";
    throw error;
  }
}

/** No suffix that a program reading the directory would take for its own. */
const unfinishedSuffix = ".holdfast-new";

function unfinishedPrefix(path: string): string {
  return `.${posix.basename(path).slice(0, 100)}.`;
}

/** Whether a name in a path's directory is what a write of that path left behind that was killed half-way. */
export function isUnfinishedWrite(name: string, path: string): boolean {
  const prefix = unfinishedPrefix(path);
  if (!name.startsWith(prefix) || !name.endsWith(unfinishedSuffix)) return false;
  return /^[0-9a-f]{16}$/.test(name.slice(prefix.length, -unfinishedSuffix.length));
}

/** A new file beside the old one, complete and on disk before it takes its name. */
async function replaceFile(
  path: string,
  text: string,
  { mode, uid, gid }: { mode: number; uid: number; gid: number },
): Promise<void> {
  const directory = posix.dirname(path);
  const temporary = `${directory}/${unfinishedPrefix(path)}${randomBytes(8).toString("hex")}${unfinishedSuffix}`;
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      await handle.writeFile(text, "utf8");
      await handle.chown(uid, gid);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncDirectory(directory);
}

/** Runs a change on an open regular file or directory, so that it cannot be exchanged for another in between. */
async function withFile(located: string, path: string, change: (handle: FileHandle) => Promise<void>): Promise<void> {
  const before = await lstat(located);
  // Opening a device or a FIFO may have effects of its own.
  if (!before.isFile() && !before.isDirectory())
    throw new WriteRefusedError(`not a regular file or directory: ${path}`);
  const handle = await open(located, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    await change(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
