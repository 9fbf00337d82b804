import { readAccountNames } from "../account-names.ts";
import { expandGlob, isGlob } from "../glob.ts";
import type { FileStat, Host } from "../host.ts";

/** One file as it is. */
export interface ObservedFile {
  /** Where it is, links followed. */
  readonly path: string;
  readonly type: FileStat["type"];
  /** Octal, with setuid, setgid and sticky: "0644", "1777". */
  readonly mode: string;
  /** By name; the number as text where the machine has no name for it. */
  readonly owner: string;
  readonly group: string;
  /** The numbers, for a fix to undo. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface FileState {
  /** Sorted by path. */
  readonly files: readonly ObservedFile[];
  /** Whether there are more than the 1000 listed. */
  readonly truncated: boolean;
}

/**
 * The files at a path or glob. A plain path's link is followed; a glob's matches are taken as they stand, links among
 * them. A glob that ends in "/" matches directories only, any other with `**` everything but directories.
 *
 * @throws UnreadableError
 */
export async function readFiles(host: Host, pattern: string): Promise<FileState> {
  if (!isGlob(pattern)) {
    const path = await host.realPath(pattern);
    const file = path === null ? null : await observeFile(host, path);
    return { files: file === null ? [] : [file], truncated: false };
  }
  const { paths, truncated } = await expandGlob(host, pattern);
  const files: ObservedFile[] = [];
  for (const path of paths) {
    const file = await observeFile(host, path);
    if (file !== null && isMeant(pattern, file)) files.push(file);
  }
  return { files, truncated };
}

function isMeant(pattern: string, { type }: ObservedFile): boolean {
  if (pattern.endsWith("/")) return type === "directory";
  return !pattern.includes("**") || type !== "directory";
}

/** The path's own entry; null when it is not there, as when it has gone since it was listed. */
export async function observeFile(host: Host, path: string): Promise<ObservedFile | null> {
  const stat = await host.lstat(path);
  if (stat === null) return null;
  const names = await readAccountNames(host);
  const { type, mode, uid, gid } = stat;
  return { path, type, mode: modeText(mode), owner: names.user(uid), group: names.group(gid), uid, gid };
}

/** "0644" for 0o644. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
