import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { effectiveMountOptions, unescapeMountField } from "./mount-options.ts";

export interface MountPoint {
  /** Device, "tmpfs", a share … */
  readonly source: string;
  /** File system type. */
  readonly type: string;
  readonly options: readonly string[];
}

export interface ConfiguredMount extends MountPoint {
  /** `/etc/fstab:3`, a unit's name, or "systemd built-in". */
  readonly from: string;
}

/** What is mounted at a path now, the topmost; null when nothing is. @see proc_pid_mounts(5) */
export async function readLiveMount(host: Host, path: string): Promise<MountPoint | null> {
  const mounts = await derivedOnce(host, "live mounts", async () => {
    const text = (await host.readText("/proc/self/mounts")) ?? "";
    // A later line lies on top of an earlier one.
    return new Map(text.split("\n").flatMap((line) => parseLine(line) ?? []));
  });
  return mounts.get(path) ?? null;
}

/** The line of fstab(5) for a path; of several the first, as systemd-fstab-generator(8) has it. */
export async function readFstabMount(host: Host, path: string): Promise<ConfiguredMount | null> {
  const mounts = await derivedOnce(host, "fstab", async () => {
    const found = new Map<string, ConfiguredMount>();
    const text = (await host.readText("/etc/fstab")) ?? "";
    for (const [index, line] of text.split(/\r?\n/).entries()) {
      for (const [point, mount] of parseLine(line) ?? []) {
        if (!found.has(point)) found.set(point, { ...mount, from: `/etc/fstab:${index + 1}` });
      }
    }
    return found;
  });
  return mounts.get(path) ?? null;
}

/** Both files have the same four fields. Null for comments, swap and blank lines. */
function parseLine(line: string): [[path: string, mount: MountPoint]] | null {
  const fields = line.trim().split(/\s+/);
  const [source = "", path = "", type = "", options = ""] = fields.map(unescapeMountField);
  if (source.startsWith("#") || !path.startsWith("/")) return null;
  const point = path === "/" ? path : path.replace(/\/+$/, "");
  return [[point, { source, type, options: effectiveMountOptions(options || "defaults") }]];
}
