import { type Static, Type } from "typebox";
import { Comparison, describe, meets } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { builtInDefault, type SingleValue, unset } from "./single-value.ts";
import { parseDefaults, type SudoersDefault } from "./sudoers-defaults.ts";
import { readSudoers, type SudoersLine } from "./sudoers-files.ts";

const OptionTarget = Type.Object(
  { option: Type.String({ pattern: "^[a-z][a-z0-9_]*$" }) },
  { additionalProperties: false },
);
const TagTarget = Type.Object({ tag: Type.String({ pattern: "^[A-Z_]+$" }) }, { additionalProperties: false });
const Target = Type.Union([OptionTarget, TagTarget]);
type Target = Static<typeof Target>;

interface SudoersState extends SingleValue {
  /** What Defaults for some users, hosts, commands or target users set instead, e.g. scope `:bob`. Empty for tags. */
  readonly scoped: readonly ScopedValue[];
}

interface ScopedValue extends SingleValue {
  readonly scope: string;
}

/**
 * An option of sudo, or a tag of its rules. An option complies only when its general value does and every value that is
 * set for some users, hosts or commands does too. A tag's value is the tag itself, null when no rule bears it.
 * @see sudoers(5)
 */
export const sudoers: Resource<Target, SudoersState, Comparison> = {
  kind: "sudoers",
  target: Target,
  desired: Comparison,
  address: (target) => ("tag" in target ? `sudoers:tag:${target.tag}` : `sudoers:${target.option}`),
  async read(host, target) {
    const lines = await readSudoers(host);
    if ("tag" in target) return { ...findTag(lines, target.tag), scoped: [] };
    const settings = lines.flatMap(parseDefaults).filter((setting) => setting.option === target.option);
    return {
      ...(generalValue(settings) ?? (await builtIn(host, target.option))),
      scoped: settings.flatMap(({ scope, value, source }) => (scope === null ? [] : [{ scope, value, source }])),
    };
  },
  judge(state, desired, target) {
    const name = "tag" in target ? `the tag ${target.tag}` : target.option;
    const wrong = state.scoped.filter(({ value }) => !meets(value, desired));
    const right = meets(state.value, desired);
    const exceptions = wrong.map(({ scope, value }) => `${spell(value)} in "Defaults${scope}"`);
    return {
      verdict: right && wrong.length === 0 ? "pass" : "fail",
      expected: `${name} ${describe(desired)}`,
      actual: [
        `${name} ${"tag" in target && state.value !== null ? "is in a rule" : spell(state.value)}`,
        ...exceptions,
      ].join("; but "),
      source: right && wrong[0] !== undefined ? wrong[0].source : state.source,
    };
  },
};

function spell(value: string | null): string {
  return value === null ? "is not set" : `is ${value}`;
}

/** The last one wins. Null when none is for everyone. */
function generalValue(settings: readonly SudoersDefault[]): SingleValue | null {
  const last = settings.findLast(({ scope }) => scope === null);
  return last === undefined ? null : { value: last.value, source: last.source };
}

/** The first rule with the tag, whatever tags other rules for the same user have. */
function findTag(lines: readonly SudoersLine[], tag: string): SingleValue {
  const notARule = /^(Defaults|(User|Runas|Host|Cmnd|Cmd)_Alias\b)/;
  const bearsTag = new RegExp(`[\\s=:,)]${tag}\\s*:`);
  const line = lines.find(({ text }) => {
    const plain = text.replaceAll(/"[^"]*"|\\./g, "");
    return !notARule.test(plain) && bearsTag.test(plain);
  });
  return line === undefined ? unset : { value: tag, source: line.source };
}

/** Only what does not depend on how sudo was built; 15 minutes is the longest that distributions build in. */
const builtInValues: ReadonlyMap<string, string> = new Map([
  ["authenticate", "on"],
  ["env_reset", "on"],
  ["log_input", "off"],
  ["log_output", "off"],
  ["pam_acct_mgmt", "on"],
  ["pam_session", "on"],
  ["passwd_tries", "3"],
  ["requiretty", "off"],
  ["root_sudo", "on"],
  ["rootpw", "off"],
  ["runaspw", "off"],
  ["setenv", "off"],
  ["targetpw", "off"],
  ["timestamp_timeout", "15"],
  ["timestamp_type", "tty"],
  ["tty_tickets", "on"],
  ["visiblepw", "off"],
]);

async function builtIn(host: Host, option: string): Promise<SingleValue> {
  const value = option === "use_pty" ? await builtInUsePty(host) : builtInValues.get(option);
  return value === undefined ? unset : { value, source: builtInDefault };
}

/** On since sudo 1.9.14. The release is in the program's own text; not there, or without one: an older one. */
function builtInUsePty(host: Host): Promise<string> {
  return derivedOnce(host, "sudo use_pty default", async () => {
    const program = (await host.readText("/usr/bin/sudo")) ?? "";
    const patch = /\b1\.9\.(\d{1,3})(?:p\d+)?\b/.exec(program)?.[1];
    return patch !== undefined && Number(patch) >= 14 ? "on" : "off";
  });
}
