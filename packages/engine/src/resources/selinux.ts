import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import { Comparison, describe, meets } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { parseIniFile } from "./ini-file.ts";

/*
 * selinux: { property: mode, one_of: [enforcing, permissive] }
 * selinux: { property: policy, one_of: [targeted, mls] }
 *
 * Both what the next boot takes and, for the mode, what the kernel has now must comply.
 *
 * State: { configured: "enforcing" | null, source, running?: "permissive" }
 */
const Target = Type.Object({ property: Type.Enum(["mode", "policy"] as const) }, { additionalProperties: false });
type Target = Static<typeof Target>;

interface SelinuxState {
  /** Lower case; null when the file does not say. */
  readonly configured: string | null;
  readonly source: string | null;
  /** Left out for the policy, whose name the kernel does not tell, and where systemd does not run. */
  readonly running?: string;
}

const path = "/etc/selinux/config";
const keys = { mode: "SELINUX", policy: "SELINUXTYPE" };

/** SELinux's mode or policy. @see selinux(8), selinux_config(5) */
export const selinux: Resource<Target, SelinuxState, Comparison> = {
  kind: "selinux",
  target: Target,
  desired: Comparison,
  address: ({ property }) => `selinux:${property}`,
  async read(host, { property }) {
    const found = parseIniFile(path, (await host.readText(path)) ?? "", false).findLast(
      ({ key }) => key === keys[property],
    );
    const configured = { configured: found?.value.toLowerCase() ?? null, source: found?.source ?? null };
    if (property === "policy" || !(await isBooted(host))) return configured;
    return { ...configured, running: await runningMode(host) };
  },
  judge({ configured, source, running }, desired, { property }) {
    const isRight = meets(configured, desired) && (running === undefined || meets(running, desired));
    const expected = `SELinux's ${property} ${describe(desired)} at the next boot`;
    const actual = configured === null ? `${path} sets none` : `set to ${configured}`;
    return {
      verdict: isRight ? "pass" : "fail",
      expected: running === undefined ? `${expected} (judged on disk only)` : `${expected} and now`,
      actual: running === undefined ? actual : `${actual}; now ${running}`,
      source,
    };
  },
};

async function runningMode(host: Host): Promise<string> {
  const enforce = (await host.readText("/sys/fs/selinux/enforce"))?.trim();
  if (enforce === undefined) return "disabled";
  return enforce === "1" ? "enforcing" : "permissive";
}
