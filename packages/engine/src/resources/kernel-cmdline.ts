import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import { Comparison, describe, meets } from "../comparison.ts";
import type { Resource } from "../resource.ts";
import { findArgument, readBootEntries } from "./boot-entries.ts";

const Target = Type.Object(
  { argument: Type.String({ pattern: "^[A-Za-z0-9_.-]+$" }) },
  { additionalProperties: false },
);

interface KernelCmdlineState {
  /** The argument in every boot entry; null where it is not given, "" where it has no value. */
  readonly entries: readonly { readonly source: string; readonly value: string | null }[];
  /** In the command line of the running kernel; left out where systemd does not run. */
  readonly running?: string | null;
}

/** An argument of the kernel's command line. It complies when every boot entry and the running kernel do. */
export const kernelCmdline: Resource<Static<typeof Target>, KernelCmdlineState, Comparison> = {
  kind: "kernel_cmdline",
  target: Target,
  desired: Comparison,
  address: ({ argument }) => `kernel_cmdline:${argument}`,
  async read(host, { argument }) {
    const entries = (await readBootEntries(host)).map(({ source, commandLine }) => ({
      source,
      value: findArgument(commandLine, argument),
    }));
    const running = (await isBooted(host)) ? await host.readText("/proc/cmdline") : null;
    return running === null ? { entries } : { entries, running: findArgument(running, argument) };
  },
  judge({ entries, running }, desired, { argument }) {
    const wrong = entries.find(({ value }) => !meets(value, desired));
    const runsRight = running === undefined || meets(running, desired);
    const shown = wrong ?? entries[0];
    const atBoot = `${wrong === undefined ? "every boot entry" : "a boot entry"} has ${write(argument, shown?.value ?? null)}`;
    return {
      verdict: wrong === undefined && runsRight ? "pass" : "fail",
      expected: `${argument} ${describe(desired)} in every boot entry${running === undefined ? " (judged on disk only)" : " and now"}`,
      actual: running === undefined ? atBoot : `${atBoot}; the running kernel has ${write(argument, running)}`,
      source: shown?.source ?? null,
    };
  },
};

function write(argument: string, value: string | null): string {
  if (value === null) return `no ${argument}`;
  return value === "" ? argument : `${argument}=${value}`;
}
