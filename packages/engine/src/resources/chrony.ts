import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import type { Judgement, Resource } from "../resource.ts";
import { type ChronyConfig, readChronyConfig } from "./chrony-config.ts";
import { namedList } from "./named-list.ts";
import { readProcesses } from "./processes.ts";

/*
 * chrony: { sources_min: 1, sources_allowed: [ntp.example.org] }
 * chrony: { user: [_chrony] }
 *
 * `sources_allowed`: each server, pool and peer is one of these names; an empty list allows any. `user`: chronyd is set to
 * run as one of these, and does where systemd runs.
 *
 * State: { sources: [{ directive, name, source }], user: { value, source }, running?: [user…] }
 */
const Target = Type.Object({}, { additionalProperties: false });
const Names = Type.Array(Type.String({ minLength: 1 }));
const Desired = Type.Union([
  Type.Object(
    { sources_min: Type.Integer({ minimum: 1 }), sources_allowed: Type.Optional(Names) },
    { additionalProperties: false },
  ),
  Type.Object({ user: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }) }, { additionalProperties: false }),
]);

interface ChronyState extends ChronyConfig {
  /** The users chronyd runs as now; left out where systemd does not run. */
  readonly running?: readonly string[];
}

/** chronyd's time sources and its user. @see chrony.conf(5) */
export const chrony: Resource<Static<typeof Target>, ChronyState, Static<typeof Desired>> = {
  kind: "chrony",
  target: Target,
  desired: Desired,
  address: () => "chrony:config",
  async read(host) {
    const config = await readChronyConfig(host);
    if (!(await isBooted(host))) return config;
    const users = (await readProcesses(host)).filter(({ name }) => name === "chronyd").map(({ user }) => user);
    return { ...config, running: [...new Set(users)].sort() };
  },
  judge(state, desired) {
    if ("user" in desired) return judgeUser(state, desired.user);
    return judgeSources(state, desired.sources_min, desired.sources_allowed ?? []);
  },
};

function judgeSources({ sources }: ChronyState, min: number, allowed: readonly string[]): Judgement {
  const names = allowed.length === 0 ? "" : `, all of them among ${namedList(allowed)}`;
  const expected = `at least ${min} server or pool${names}`;
  const usable = sources.filter(({ directive }) => directive !== "peer");
  const strange = allowed.length === 0 ? [] : sources.filter(({ name }) => !includesHost(allowed, name));
  const source = (strange[0] ?? sources[0])?.source ?? null;
  if (strange.length > 0)
    return { verdict: "fail", expected, actual: `others: ${namedList(strange.map(({ name }) => name))}`, source };
  const actual = usable.length === 0 ? "no server or pool" : namedList(usable.map(({ name }) => name));
  return { verdict: usable.length >= min ? "pass" : "fail", expected, actual, source };
}

/** Host names are alike whatever their case. */
function includesHost(names: readonly string[], name: string): boolean {
  return names.some((known) => known.toLowerCase() === name.toLowerCase());
}

function judgeUser({ user, running }: ChronyState, users: readonly string[]): Judgement {
  const isSetRight = users.includes(user.value ?? "");
  const runsRight = running?.every((name) => users.includes(name)) ?? true;
  const now = running === undefined || running.length === 0 ? "" : `; runs as ${running.join(" and ")}`;
  return {
    verdict: isSetRight && runsRight ? "pass" : "fail",
    expected: `chronyd runs as ${users.join(" or ")}${running === undefined ? " (judged on disk only)" : ""}`,
    actual: `set to ${user.value}${now}`,
    source: user.source,
  };
}
