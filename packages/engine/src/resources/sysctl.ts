import { posix } from "node:path";
import { type Static, Type } from "typebox";
import { Comparison, describe, meets, valueMeeting } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readKernelParameter, readSysctlOnBoot } from "./sysctl-files.ts";

const Target = Type.Object({ key: Type.String({ pattern: "^[a-z0-9_.-]+$" }) }, { additionalProperties: false });

interface SysctlState {
  /** The running kernel's value; null when it has no such parameter; left out when there is no running kernel to ask. */
  readonly running?: string | null;
  /** The value the sysctl.d(5) files give at the next boot; null when no file names the key. */
  readonly onBoot: string | null;
  /** File and line that decides `onBoot`. */
  readonly source: string | null;
  /** Our own drop-in's text; null when absent. */
  readonly dropIn: string | null;
}

/** A kernel parameter. It complies only when the running value and the value at the next boot both do. */
export const sysctl: Resource<Static<typeof Target>, SysctlState, Comparison> = {
  kind: "sysctl",
  target: Target,
  desired: Comparison,
  address: ({ key }) => `sysctl:${key}`,
  async read(host, { key }) {
    const onBoot = await readSysctlOnBoot(host, key);
    return {
      ...((await hasKernel(host)) ? { running: await readKernelParameter(host, key) } : {}),
      onBoot: onBoot?.value ?? null,
      source: onBoot?.source ?? null,
      dropIn: await host.readText(dropInPath(key)),
    };
  },
  judge(state, desired) {
    const known = state.running !== undefined;
    const right = (state.running === undefined || meets(state.running, desired)) && meets(state.onBoot, desired);
    const running = state.running === null ? "the kernel has no such parameter" : `running ${state.running}`;
    const onBoot = state.onBoot === null ? "no file sets it at boot" : `at next boot ${state.onBoot}`;
    return {
      verdict: right ? "pass" : "fail",
      expected: `${describe(desired)} ${known ? "now and at next boot" : "at next boot (judged on disk only)"}`,
      actual: known ? `${running}; ${onBoot}` : onBoot,
      source: state.source,
    };
  },
  plan(state, desired, { key }) {
    const value = valueMeeting(desired);
    if (value === null || state.running === null) return null;
    if (!meets(state.onBoot, desired) && !beats(dropInPath(key), state.source)) return null;
    const text = `${key} = ${value}\n`;
    return {
      changes: [
        ...(meets(state.onBoot, desired)
          ? []
          : [{ type: "write_file" as const, path: dropInPath(key), text, mode: 0o644, was: state.dropIn }]),
        ...(state.running === undefined || meets(state.running, desired)
          ? []
          : [{ type: "set_sysctl" as const, key, value, was: state.running }]),
      ],
      activations: [],
      risk: "",
    };
  },
};

/** Whether there is a running kernel to ask; a chroot may have no /proc. */
async function hasKernel(host: Host): Promise<boolean> {
  return host.live && (await host.stat("/proc/sys"))?.type === "directory";
}

/** Whether a drop-in counts over what decides now; it cannot over ufw's file, an unlinked sysctl.conf or a later name. */
function beats(dropIn: string, source: string | null): boolean {
  if (source === null) return true;
  const path = source.replace(/:\d+$/, "");
  return posix.basename(posix.dirname(path)) === "sysctl.d" && posix.basename(path) <= posix.basename(dropIn);
}

/** Late in the order of sysctl.d(5), so that it wins over shipped files and the usual 99-sysctl.conf. */
function dropInPath(key: string): string {
  return `/etc/sysctl.d/99-zz-holdfast-${key.replaceAll(/[^a-z0-9_.-]/g, "-")}.conf`;
}
