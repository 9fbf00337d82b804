import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Resource } from "../resource.ts";
import { namedList } from "./named-list.ts";
import { readProcesses } from "./processes.ts";

/*
 * selinux_process: { domain: unconfined_service_t, max: 0 }
 *
 * At most so many programs run in a domain. Where systemd does not run there is nothing to judge.
 *
 * State: { programs?: [name…] } sorted, each once
 */
const Target = Type.Object({ domain: Type.String({ pattern: "^[a-z0-9_]+$" }) }, { additionalProperties: false });
const Desired = Type.Object({ max: Type.Integer({ minimum: 0 }) }, { additionalProperties: false });

interface SelinuxProcessState {
  readonly programs?: readonly string[];
}

/** Programs by their SELinux domain, the type of their label. @see selinux(8), proc_pid_attr(5) */
export const selinuxProcess: Resource<Static<typeof Target>, SelinuxProcessState, Static<typeof Desired>> = {
  kind: "selinux_process",
  target: Target,
  desired: Desired,
  address: ({ domain }) => `selinux_process:${domain}`,
  async read(host, { domain }) {
    if (!(await isBooted(host))) return {};
    const running = (await readProcesses(host)).filter(({ label }) => label?.split(":")[2] === domain);
    return { programs: [...new Set(running.map(({ name }) => name))].sort() };
  },
  judge({ programs }, { max }, { domain }) {
    const expected = max === 0 ? `no program runs in ${domain}` : `at most ${max} programs run in ${domain}`;
    if (programs === undefined)
      return { verdict: "not_applicable", expected, actual: "no programs run here", source: null };
    const actual = programs.length === 0 ? "none does" : namedList(programs);
    return { verdict: programs.length <= max ? "pass" : "fail", expected, actual, source: "/proc" };
  },
};
