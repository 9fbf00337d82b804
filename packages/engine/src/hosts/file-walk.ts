import { readFile } from "node:fs/promises";
import type { Host } from "../host.ts";
import type { PathDoor } from "./file-reads.ts";
import { planWalk } from "./mount-table.ts";
import { walkTree } from "./walk-tree.ts";

/** @param root the machine's root on this one, without a trailing slash. */
export function fileWalk(door: PathDoor, root: string): Host["walk"] {
  const inside = (path: string): string => path.slice(root.length) || "/";
  return async (visit, { under = "/", skip = () => false, timeoutMs = 240_000 } = {}) => {
    const located = await door.locate(under, "follow");
    if (located === null) return { visited: 0, unreadable: 0, unreadablePaths: [] };
    const start = located.replace(/\/+$/, "") || "/";
    const mounts = await readFile("/proc/self/mountinfo", "utf8").catch(() => null);
    const { visited, unreadable } = await walkTree(
      planWalk(mounts, root, start),
      {
        visit: (path, stat, mount) => visit(inside(path), stat, mount === null || root !== "" ? null : mount),
        skip: (path) => skip(inside(path)),
      },
      timeoutMs,
    );
    return { visited, unreadable: unreadable.count, unreadablePaths: unreadable.paths.map(inside) };
  };
}
