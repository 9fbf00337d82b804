import type { Stats } from "node:fs";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import type { FileStat, Host } from "../host.ts";
import { isAbsent, readFailure, systemCode } from "./read-failure.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** How a host's paths become paths of this machine. */
export interface PathDoor {
  readonly privileged: boolean;
  /** Whether `locate` has resolved every link it was to follow; else the kernel does. */
  readonly resolvesLinks: boolean;
  /** The path on this machine; null when something on the way is absent. `last`: whether a link at its end is followed. */
  locate(path: string, last: "follow" | "keep"): Promise<string | null>;
}

/** The reading half of a host, through a door. */
export function fileReads(
  door: PathDoor,
): Pick<Host, "readText" | "list" | "stat" | "lstat" | "readLink"> & { failure(error: unknown, path: string): Error } {
  /** Null when absent. */
  async function attempt<T>(
    path: string,
    last: "follow" | "keep",
    read: (located: string) => Promise<T>,
  ): Promise<T | null> {
    try {
      const located = await door.locate(path, last);
      return located === null ? null : await read(located);
    } catch (error) {
      if (isAbsent(error)) return null;
      throw readFailure(error, path, door.privileged);
    }
  }
  return {
    failure: (error, path) => readFailure(error, path, door.privileged),
    readText: (path) =>
      attempt(path, "follow", (located) => readRegularFile(located, path, door.resolvesLinks ? "refuse" : "follow")),
    list: (path) => attempt(path, "follow", async (located) => (await readdir(located)).sort()),
    stat: (path) =>
      attempt(path, "follow", async (located) => fileStat(await (door.resolvesLinks ? lstat : stat)(located))),
    lstat: (path) => attempt(path, "keep", async (located) => fileStat(await lstat(located))),
    readLink: (path) =>
      attempt(path, "keep", async (located) => {
        try {
          return await readlink(located);
        } catch (error) {
          if (systemCode(error) === "EINVAL") return null;
          throw error;
        }
      }),
  };
}

export function fileStat(stats: Stats): FileStat {
  const { mode, uid, gid, size, mtimeMs } = stats;
  return { type: typeOf(stats), mode: mode & 0o7777, uid, gid, size, modifiedAt: Math.floor(mtimeMs / 1000) };
}

function typeOf(stats: Stats): FileStat["type"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  if (stats.isSocket()) return "socket";
  return stats.isBlockDevice() ? "block_device" : "character_device";
}
