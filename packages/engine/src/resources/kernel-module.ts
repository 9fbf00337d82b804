import { posix } from "node:path";
import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readModuleRules } from "./modprobe-files.ts";
import { moduleName, readModulesOnDisk } from "./modules-on-disk.ts";

const Target = Type.Object(
  { name: Type.String({ pattern: "^[A-Za-z0-9_][A-Za-z0-9_-]*$" }) },
  { additionalProperties: false },
);
const Desired = Type.Object({ disabled: Type.Boolean() }, { additionalProperties: false });
type Target = Static<typeof Target>;
type Desired = Static<typeof Desired>;

interface KernelModuleState {
  /** Left out where no kernel of this machine runs. */
  readonly loaded?: boolean;
  /** Whether some kernel on disk has it as a module. */
  readonly available: boolean;
  /** Whether some kernel on disk has it built in; nothing can keep it out then. */
  readonly builtin: boolean;
  /** The command modprobe runs instead of loading it; null when there is none. */
  readonly install: string | null;
  /** Whether a `blacklist` line keeps it from being loaded by an alias. */
  readonly denylisted: boolean;
  /** File and line of the install command, else of the blacklist line. */
  readonly source: string | null;
  /** Our own drop-in's text; null when absent. */
  readonly dropIn: string | null;
}

/**
 * A kernel module. Disabled: not loaded, and either no kernel here has it, or an `install` command that does nothing stands
 * in for it. That stops modprobe by name and by alias; a `blacklist` line alone stops aliases only. @see modprobe.d(5)
 */
export const kernelModule: Resource<Target, KernelModuleState, Desired> = {
  kind: "kernel_module",
  target: Target,
  desired: Desired,
  address: ({ name }) => `kernel_module:${name}`,
  async read(host, { name }) {
    const loaded = await readLoaded(host, name);
    const onDisk = await readModulesOnDisk(host);
    return {
      ...(loaded === undefined ? {} : { loaded }),
      available: onDisk.loadable.has(moduleName(name)),
      builtin: onDisk.builtin.has(moduleName(name)),
      ...(await readModuleRules(host, name)),
      dropIn: await host.readText(dropInPath(name)),
    };
  },
  judge(state, desired, { name }) {
    const onDisk = state.loaded === undefined ? " (judged on disk only)" : "";
    return {
      verdict: isDisabled(state) === desired.disabled ? "pass" : "fail",
      expected: `${name} ${desired.disabled ? "cannot be loaded" : "can be loaded"}${onDisk}`,
      actual: describeState(name, state),
      source: state.source,
    };
  },
  plan(state, { disabled }, { name }) {
    if (!disabled || state.builtin) return null;
    const shut = isShut(state);
    if (!shut && !beats(dropInPath(name), state)) return null;
    return {
      changes: [
        ...(shut
          ? []
          : [
              {
                type: "write_file" as const,
                path: dropInPath(name),
                text: `install ${name} /bin/false\nblacklist ${name}\n`,
                mode: 0o644,
                was: state.dropIn,
              },
            ]),
        ...(state.loaded === true ? [{ type: "unload_module" as const, name }] : []),
      ],
      activations: [],
      risk: state.loaded === true ? `what uses ${name} now stops it from being unloaded; the fix is then undone` : "",
    };
  },
};

async function readLoaded(host: Host, name: string): Promise<boolean | undefined> {
  if (!(await isBooted(host))) return undefined;
  const modules = await host.readText("/proc/modules");
  // A kernel built without loadable modules has no such file, and nothing loaded.
  return (modules ?? "").split("\n").some((line) => moduleName(line.split(" ", 1)[0] ?? "") === moduleName(name));
}

function isDisabled(state: KernelModuleState): boolean {
  return !state.builtin && state.loaded !== true && isShut(state);
}

function isShut({ available, install }: KernelModuleState): boolean {
  return !available || (install !== null && doesNothing(install));
}

function doesNothing(install: string): boolean {
  return /^(?:\/usr)?\/bin\/(?:true|false)$/.test(install);
}

function describeState(name: string, state: KernelModuleState): string {
  if (state.builtin) return `${name} is built into the kernel`;
  const loaded = state.loaded === true ? ["is loaded"] : [];
  if (!state.available) return `${name} ${[...loaded, "is not on disk"].join("; ")}`;
  const install = state.install === null ? "no install command" : `install ${state.install}`;
  return `${name} ${[...loaded, `is on disk; ${install}`, state.denylisted ? "blacklisted" : "not blacklisted"].join("; ")}`;
}

/** Whether a drop-in's install command counts over the one that counts now. */
function beats(dropIn: string, { install, source }: KernelModuleState): boolean {
  if (install === null || source === null || doesNothing(install)) return true;
  return posix.basename(dropIn) <= posix.basename(source.replace(/:\d+$/, ""));
}

/** Early in the order of modprobe.d(5): the first install command for a module is the one that counts. */
function dropInPath(name: string): string {
  return `/etc/modprobe.d/00-holdfast-${name}.conf`;
}
