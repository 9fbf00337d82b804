import type { Change } from "@holdfast/contracts/plan";
import type { PlanPart } from "../resource.ts";
import type { ObservedFile } from "./file-state.ts";

/** What files are to have: no permission bit outside `mode_max` (octal), one of these owners, one of these groups. */
export interface FileAttributes {
  readonly mode_max?: string;
  readonly owner?: readonly string[];
  readonly group?: readonly string[];
}

/** Gives every file what it lacks, and nothing it has not; null when one of them has no safe fix. */
export function planFileFix(files: readonly ObservedFile[], desired: FileAttributes): PlanPart | null {
  const changes: Change[] = [];
  for (const observed of files) {
    if (meetsAttributes(observed, desired)) continue;
    const fix = fixFile(observed, desired);
    if (fix === null) return null;
    changes.push(...fix);
  }
  return { changes, activations: [], risk: "" };
}

/** A link has no mode of its own. */
export function meetsAttributes({ type, mode, owner, group }: ObservedFile, desired: FileAttributes): boolean {
  const { mode_max: modeMax } = desired;
  if (modeMax !== undefined && type !== "symlink" && (octal(mode) & ~octal(modeMax)) !== 0) return false;
  return (desired.owner?.includes(owner) ?? true) && (desired.group?.includes(group) ?? true);
}

/** Null when a wanted owner's number is not known here, or it is nothing whose mode one sets. */
function fixFile({ path, type, mode, owner, group, uid, gid }: ObservedFile, desired: FileAttributes): Change[] | null {
  if (type !== "file" && type !== "directory") return null;
  const changes: Change[] = [];
  const rightOwner = desired.owner?.includes(owner) ?? true;
  const rightGroup = desired.group?.includes(group) ?? true;
  if (!rightOwner || !rightGroup) {
    if (uid === undefined || gid === undefined) return null;
    // Root's is the one number that is the same on every machine.
    if (!rightOwner && !desired.owner?.includes("root")) return null;
    if (!rightGroup && !desired.group?.includes("root")) return null;
    changes.push({ type: "set_owner", path, uid: rightOwner ? uid : 0, gid: rightGroup ? gid : 0, was: { uid, gid } });
  }
  const wanted = desired.mode_max === undefined ? octal(mode) : octal(mode) & octal(desired.mode_max);
  if (wanted !== octal(mode)) changes.push({ type: "set_mode", path, mode: wanted, was: octal(mode) });
  return changes;
}

export function octal(mode: string): number {
  return Number.parseInt(mode, 8);
}
