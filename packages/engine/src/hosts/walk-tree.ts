import { lstatSync, readdirSync, type Stats } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { type FileStat, UnreadableError, type WalkedMount } from "../host.ts";
import { fileStat } from "./file-reads.ts";
import type { WalkPlan } from "./mount-table.ts";
import { isAbsent } from "./read-failure.ts";
import { Unreadable } from "./unreadable-paths.ts";

/** How long other reads wait for a walk at most, and what it costs to look at the clock. */
const sliceMs = 8;
const entriesPerClock = 64;

interface Directory {
  readonly path: string;
  /** The path's bytes where its text is not UTF-8. */
  readonly bytes: Buffer | null;
}

export interface TreeVisitor {
  visit(path: string, stat: FileStat, mount: WalkedMount | null): void;
  skip(directory: string): boolean;
}

/**
 * Visits the files and directories of a plan, links left out. The calls are synchronous, in slices of some milliseconds:
 * asynchronous ones cost ten times as much processor time, and there is one per file.
 *
 * @returns how many were visited, and what could not be read.
 * @throws UnreadableError `timeout`.
 */
export async function walkTree(
  { starts, mountPoints }: WalkPlan,
  visitor: TreeVisitor,
  timeoutMs: number,
): Promise<{ visited: number; unreadable: Unreadable }> {
  const endsAt = performance.now() + timeoutMs;
  const unreadable = new Unreadable();
  let visited = 0;
  let sliceEndsAt = performance.now() + sliceMs;
  for (const { path: start, mount } of starts) {
    const open: Directory[] = [];
    const first = look({ path: start, bytes: null }, unreadable);
    if (first === null) continue;
    const device = first.dev;
    const take = (directory: Directory, stats: Stats): void => {
      visited += 1;
      visitor.visit(directory.path, fileStat(stats), mount);
      if (stats.isDirectory() && !visitor.skip(directory.path)) open.push(directory);
    };
    take({ path: start, bytes: null }, first);
    for (let directory = open.pop(); directory !== undefined; directory = open.pop()) {
      for (const entry of entriesOf(directory, unreadable)) {
        // Before anything asks the file system that is mounted there.
        if (mountPoints?.has(entry.path)) continue;
        const stats = look(entry, unreadable);
        if (stats === null || (mountPoints === null && stats.isDirectory() && stats.dev !== device)) continue;
        take(entry, stats);
        if (visited % entriesPerClock !== 0 || performance.now() < sliceEndsAt) continue;
        if (performance.now() > endsAt)
          throw new UnreadableError("timeout", `the file systems were not walked in ${Math.round(timeoutMs / 1000)} s`);
        await setImmediate();
        sliceEndsAt = performance.now() + sliceMs;
      }
    }
  }
  return { visited, unreadable };
}

/** Null when it vanished, or cannot be read. */
function look({ path, bytes }: Directory, unreadable: Unreadable): Stats | null {
  try {
    return lstatSync(bytes ?? path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if (!isAbsent(error)) unreadable.add(path);
    return null;
  }
}

/** What is in a directory, links left out. */
function entriesOf(directory: Directory, unreadable: Unreadable): Directory[] {
  const { path, bytes } = directory;
  try {
    const entries: Directory[] = [];
    if (bytes === null) {
      let isText = true;
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        // A name that is no UTF-8 came with replacement characters, and leads nowhere.
        isText &&= !entry.name.includes("\uFFFD");
        if (!entry.isSymbolicLink()) entries.push({ path: joined(path, entry.name), bytes: null });
      }
      if (isText) return entries;
    }
    return byteEntriesOf(directory);
  } catch (error) {
    if (!isAbsent(error)) unreadable.add(path);
    return [];
  }
}

function byteEntriesOf({ path, bytes }: Directory): Directory[] {
  const base = bytes ?? Buffer.from(path);
  const slash = Buffer.from(base.toString("latin1") === "/" ? "" : "/");
  return readdirSync(base, { withFileTypes: true, encoding: "buffer" }).flatMap((entry) => {
    if (entry.isSymbolicLink()) return [];
    return [{ path: joined(path, printable(entry.name)), bytes: Buffer.concat([base, slash, entry.name]) }];
  });
}

/** Bytes that are no UTF-8 as `\xNN`, so that different names stay different. */
function printable(name: Buffer): string {
  const text = name.toString("utf8");
  if (!text.includes("\uFFFD")) return text;
  return [...name].map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`)).join("");
}

function joined(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}
