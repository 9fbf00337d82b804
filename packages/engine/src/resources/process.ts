import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Resource } from "../resource.ts";
import { readProcesses } from "./processes.ts";

/*
 * process: { name: chronyd, user: [_chrony], if_missing: pass }
 *
 * Every process of the name runs as one of the users. Where systemd does not run there is nothing to judge.
 *
 * State: { users?: ["_chrony"] } sorted, each once
 */
const Target = Type.Object({ name: Type.String({ pattern: "^[\\w.+:@/-]{1,15}$" }) }, { additionalProperties: false });
const Desired = Type.Object(
  {
    user: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    /** What it means when no such process runs. Default: "fail". */
    if_missing: Type.Optional(Type.Enum(["pass", "fail", "not_applicable"] as const)),
  },
  { additionalProperties: false },
);

interface ProcessState {
  /** Left out where systemd does not run. */
  readonly users?: readonly string[];
}

/** The user that a named program runs as. @see proc_pid_status(5) */
export const process: Resource<Static<typeof Target>, ProcessState, Static<typeof Desired>> = {
  kind: "process",
  target: Target,
  desired: Desired,
  address: ({ name }) => `process:${name}`,
  async read(host, { name }) {
    if (!(await isBooted(host))) return {};
    const users = (await readProcesses(host)).filter((running) => running.name === name).map(({ user }) => user);
    return { users: [...new Set(users)].sort() };
  },
  judge({ users }, { user, if_missing: ifMissing = "fail" }, { name }) {
    const expected = `${name} runs as ${user.join(" or ")}`;
    const found = { expected, source: users === undefined ? null : "/proc" };
    if (users === undefined) return { verdict: "not_applicable", ...found, actual: "no programs run here" };
    if (users.length === 0) return { verdict: ifMissing, ...found, actual: `${name} does not run` };
    const isRight = users.every((name) => user.includes(name));
    return { verdict: isRight ? "pass" : "fail", ...found, actual: `${name} runs as ${users.join(" and ")}` };
  },
};
