import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { effectiveMountOptions } from "./mount-options.ts";
import { type ConfiguredMount, type MountPoint, readFstabMount, readLiveMount } from "./mount-table.ts";
import { readDropInOptions, readMountUnit } from "./mount-unit.ts";

const Target = Type.Object({ path: Type.String({ pattern: "^/" }) }, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ mounted: Type.Boolean() }, { additionalProperties: false }),
  Type.Object({ option: Type.String({ pattern: "^[^,\\s]+$" }) }, { additionalProperties: false }),
]);

interface MountState {
  /**
   * What is mounted there now; null when nothing is. Left out when nothing is where systemd does not run: then nothing
   * had to mount it yet.
   */
  readonly mounted?: MountPoint | null;
  /** What will be mounted at the next boot; null when nothing says so. */
  readonly configured: ConfiguredMount | null;
}

/** What systemd mounts itself, unless fstab says otherwise. @see file-hierarchy(7) */
const builtIn: Readonly<Record<string, ConfiguredMount>> = {
  "/dev/shm": { source: "tmpfs", type: "tmpfs", options: ["nodev", "nosuid", "rw"], from: "systemd built-in" },
  "/run": { source: "tmpfs", type: "tmpfs", options: ["nodev", "nosuid", "rw"], from: "systemd built-in" },
};

/** A mount point. An option is right when the mount has it now and is configured to have it at the next boot. */
export const mount: Resource<Static<typeof Target>, MountState, Static<typeof Desired>> = {
  kind: "mount",
  target: Target,
  desired: Desired,
  address: ({ path }) => `mount:${path}`,
  async read(host, { path }) {
    const configured = await readConfigured(host, path);
    const mounted = host.live ? await readLiveMount(host, path) : null;
    return mounted !== null || (await isBooted(host)) ? { mounted, configured } : { configured };
  },
  judge(state, desired, { path }) {
    const source = state.configured?.from ?? (state.mounted ? "/proc/self/mounts" : null);
    const actual = describeState(path, state);
    const onDisk = state.mounted === undefined ? " (judged on disk only)" : "";
    if ("mounted" in desired) {
      const atBoot = state.configured !== null && !state.configured.options.includes("noauto");
      const isMounted = state.mounted === undefined ? atBoot : state.mounted !== null;
      const expected = `${path} is ${desired.mounted ? "" : "not "}a mount of its own${onDisk}`;
      return { verdict: isMounted === desired.mounted ? "pass" : "fail", expected, actual, source };
    }
    const expected = `${path} is mounted with ${desired.option}${onDisk}`;
    const places = [state.mounted, state.configured].filter((place) => place !== null && place !== undefined);
    if (places.length === 0) return { verdict: "not_applicable", expected, actual, source };
    const right = places.every(({ options }) => options.includes(desired.option));
    return { verdict: right ? "pass" : "fail", expected, actual, source };
  },
};

/** The administrator's own unit first, then fstab, then a shipped unit, as their directories are searched. */
async function readConfigured(host: Host, path: string): Promise<ConfiguredMount | null> {
  const unit = await readMountUnit(host, path);
  if (unit?.isAdministrators) return withoutOrigin(unit);
  const fstab = await readFstabMount(host, path);
  if (fstab === null) return unit === null ? (builtInAt(path) ?? null) : withoutOrigin(unit);
  const options = await readDropInOptions(host, path);
  return options === null ? fstab : { ...fstab, options: effectiveMountOptions(options) };
}

function withoutOrigin({ source, type, options, from }: ConfiguredMount): ConfiguredMount {
  return { source, type, options, from };
}

function builtInAt(path: string): ConfiguredMount | undefined {
  return Object.hasOwn(builtIn, path) ? builtIn[path] : undefined;
}

function describeState(path: string, { mounted, configured }: MountState): string {
  const now = mounted ? `mounted with ${mounted.options.join(",")}` : "not mounted";
  const atBoot = configured ? `${configured.from} has ${configured.options.join(",")}` : "not configured";
  return `${path}: ${[...(mounted === undefined ? [] : [now]), atBoot].join("; ")}`;
}
