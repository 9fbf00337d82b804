import { lstat, readlink, realpath, stat } from "node:fs/promises";
import { UnreadableError, type WritableHost } from "../host.ts";
import { fileReads } from "./file-reads.ts";
import { fileWalk } from "./file-walk.ts";
import { fileWrites } from "./file-writes.ts";
import { readPlatform } from "./os-release.ts";
import { type PathEntry, walkPath } from "./path-walk.ts";
import { isAbsent, readFailure } from "./read-failure.ts";
import { WriteRefusedError } from "./write-refused.ts";

/**
 * The machine whose root file system is a directory: a mounted image or a chroot. Every path and link, absolute ones too,
 * is resolved below that directory, as chroot(2) would; no link leads out of it. It has no kernel and runs nothing.
 * Somebody who changes the directory's links during a read is not defended against.
 *
 * @throws UnreadableError when the directory is not there.
 */
export async function directoryHost(directory: string): Promise<WritableHost> {
  const privileged = process.geteuid?.() === 0;
  const root = await realRoot(directory, privileged);
  const entries = new Map<string, Promise<PathEntry | null>>();
  const entryAt = (path: string): Promise<PathEntry | null> => {
    let entry = entries.get(path);
    if (entry === undefined) {
      entry = readEntry(`${root}${path}`);
      entries.set(path, entry);
    }
    return entry;
  };
  const door = {
    privileged,
    resolvesLinks: true,
    async locate(path: string, last: "follow" | "keep"): Promise<string | null> {
      const real = await walkPath(path, entryAt, last);
      return real === null ? null : `${root}${real}`;
    },
  };
  const { failure, ...reads } = fileReads(door);
  const writes = fileWrites({
    ...door,
    async locate(path, last) {
      // What is written changes what is there: look again, also at what another process made of it.
      entries.clear();
      return door.locate(path, last);
    },
  });
  const host: WritableHost = {
    live: false,
    privileged,
    hostname: (await reads.readText("/etc/hostname").catch(() => null))?.trim().slice(0, 253) ?? "",
    platform: () => readPlatform(host),
    run: async ([program]) => {
      throw new UnreadableError("unsupported", `cannot run ${program}: this is a directory, not a running machine`);
    },
    async realPath(path) {
      try {
        return await walkPath(path, entryAt);
      } catch (error) {
        throw failure(error, path);
      }
    },
    walk: fileWalk(door, root),
    ...reads,
    ...writes,
    setKernelParameter: refuseWithoutKernel,
    loadModule: refuseWithoutKernel,
    unloadModule: refuseWithoutKernel,
  };
  return host;
}

async function refuseWithoutKernel(): Promise<never> {
  throw new WriteRefusedError("this is a directory, not a running machine");
}

/** Without a trailing slash, so that a path can be appended; empty for "/" itself. */
async function realRoot(directory: string, privileged: boolean): Promise<string> {
  try {
    const root = await realpath(directory);
    if (!(await stat(root)).isDirectory()) throw new UnreadableError("invalid", `not a directory: ${directory}`);
    return root === "/" ? "" : root;
  } catch (error) {
    if (isAbsent(error)) throw new UnreadableError("invalid", `no such directory: ${directory}`, { cause: error });
    throw readFailure(error, directory, privileged);
  }
}

async function readEntry(path: string): Promise<PathEntry | null> {
  try {
    const stats = await lstat(path);
    return stats.isSymbolicLink() ? { link: await readlink(path) } : { directory: stats.isDirectory() };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
