import { type Static, type TProperties, Type } from "typebox";
import { Comparison, describe, meets } from "../comparison.ts";
import { componentMatcher } from "../glob.ts";
import type { Host } from "../host.ts";
import type { Judgement, Resource } from "../resource.ts";
import { parseGroupLine, parsePasswdLine, readAccountFile } from "./account-files.ts";
import { namedList } from "./named-list.ts";
import { moduleName, type PamLine, pamTypes, readPamStack } from "./pam-stack.ts";
import { isSameControl } from "./pam-syntax.ts";

/*
 * pam: { service: common-auth, type: auth, module: pam_faillock.so, with: [preauth] }
 * pam: { service: common-password, type: password, module: pam_pwhistory.so, argument: { name: remember, at_least: 24 } }
 * pam: { service: common-auth, type: "*", module: pam_unix.so, every_without: [nullok] }
 * pam: { service: su, type: auth, module: pam_wheel.so, control: [required], with: [use_uid, "group=*"], group_empty: true }
 *
 * The first two ask for one line with all that is named (`present: false`: for none); `with` all of its arguments,
 * `any_with` at least one, `argument` a value. `every_without`: no line has one of these. An argument with `*` is a glob.
 */
const Target = Type.Object({ service: Type.String({ pattern: "^[a-z0-9_.-]+$" }) }, { additionalProperties: false });
type Target = Static<typeof Target>;

const selection = {
  type: Type.Enum([...pamTypes, "*"] as const),
  module: Type.String({ pattern: "^pam_[a-z0-9_]+\\.so$" }),
};
const Words = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const lineProperties = { control: Type.Optional(Words), with: Type.Optional(Words), any_with: Type.Optional(Words) };
const Argument = Type.Union(
  Comparison.anyOf.map((member) =>
    Type.Object(
      { name: Type.String({ minLength: 1 }), ...(member.properties as TProperties) },
      { additionalProperties: false },
    ),
  ),
);
const Desired = Type.Union([
  Type.Object(
    { ...selection, ...lineProperties, present: Type.Optional(Type.Boolean()), argument: Type.Optional(Argument) },
    { additionalProperties: false },
  ),
  Type.Object({ ...selection, every_without: Words }, { additionalProperties: false }),
  Type.Object({ ...selection, ...lineProperties, group_empty: Type.Literal(true) }, { additionalProperties: false }),
]);

interface Selection {
  readonly type: (typeof pamTypes)[number] | "*";
  readonly module: string;
}
interface LineWanted extends Selection {
  readonly control?: readonly string[];
  readonly with?: readonly string[];
  readonly any_with?: readonly string[];
  readonly argument?: { readonly name: string } & Comparison;
}
type PamDesired =
  | (LineWanted & { readonly present?: boolean })
  | (Selection & { readonly every_without: readonly string[] })
  | (LineWanted & { readonly group_empty: true });

type PamState =
  | { readonly missing: true }
  | {
      readonly lines: readonly PamLine[];
      /** Of each group pam_wheel lets through: how many accounts are in it; null when there is no such group. */
      readonly groups?: Readonly<Record<string, number | null>>;
    };

/** A service's stack of PAM modules, includes resolved. @see pam.conf(5), pam_wheel(8) */
export const pam: Resource<Target, PamState, PamDesired> = {
  kind: "pam",
  target: Target,
  desired: Desired,
  address: ({ service }) => `pam:${service}`,
  async read(host, { service }) {
    const lines = await readPamStack(host, service);
    if (lines === null) return { missing: true };
    const wheels = lines.filter((line) => moduleName(line) === "pam_wheel.so");
    return wheels.length === 0 ? { lines } : { lines, groups: await countGroups(host, wheels.map(wheelGroup)) };
  },
  judge(state, desired, { service }) {
    const lines = "missing" in state ? null : state.lines;
    const ofModule = (lines ?? []).filter((line) => isSelected(line, desired));
    const none = lines === null ? `there is no PAM service ${service}` : `no ${nameOf(desired)} line`;
    if ("every_without" in desired) return judgeWithout(ofModule, desired, none);
    const groups = "missing" in state ? {} : (state.groups ?? {});
    if ("group_empty" in desired) return judgeGroup(ofModule, desired, groups, none);
    return judgeLine(ofModule, desired, none);
  },
};

function judgeLine(lines: readonly PamLine[], desired: LineWanted & { present?: boolean }, none: string): Judgement {
  const { present = true } = desired;
  const found = lines.find((line) => isWanted(line, desired));
  const shown = found ?? lines[0];
  return {
    verdict: (found !== undefined) === present ? "pass" : "fail",
    expected: `${present ? "a" : "no"} line: ${inWords(desired)}`,
    actual:
      found !== undefined ? textOf(found) : lines.length === 0 ? none : `only ${namedList(lines.map(textOf), "; ")}`,
    source: shown?.source ?? null,
  };
}

function judgeWithout(
  lines: readonly PamLine[],
  desired: Selection & { readonly every_without: readonly string[] },
  none: string,
): Judgement {
  const { every_without: unwanted } = desired;
  const offending = lines.filter((line) => unwanted.some((pattern) => hasArgument(line, pattern)));
  return {
    verdict: offending.length === 0 ? "pass" : "fail",
    expected: `no ${nameOf(desired)} line with ${unwanted.join(" or ")}`,
    actual:
      offending.length > 0 ? namedList(offending.map(textOf), "; ") : lines.length === 0 ? none : "no such argument",
    source: (offending[0] ?? lines[0])?.source ?? null,
  };
}

/** A line with `deny` keeps the group's members out, not everyone else, so it does not count. */
function judgeGroup(
  lines: readonly PamLine[],
  desired: LineWanted,
  groups: Readonly<Record<string, number | null>>,
  none: string,
): Judgement {
  const restricting = lines.filter((line) => isWanted(line, desired) && !line.arguments.includes("deny"));
  const full = restricting.filter((line) => groups[wheelGroup(line)] !== 0);
  const inFull = full.map((line) => {
    const name = wheelGroup(line);
    const count = groups[name] ?? null;
    return count === null ? `there is no group ${name}` : `group ${name} has ${count} member${count === 1 ? "" : "s"}`;
  });
  const restricted = restricting[0] === undefined ? none : `group ${wheelGroup(restricting[0])} has no members`;
  return {
    verdict: restricting.length > 0 && full.length === 0 ? "pass" : "fail",
    expected: `a line: ${inWords(desired)}, and nobody in its group`,
    actual: inFull.length > 0 ? namedList(inFull, "; ") : restricted,
    source: (full[0] ?? restricting[0] ?? lines[0])?.source ?? null,
  };
}

function isSelected(line: PamLine, { type, module }: Selection): boolean {
  return (type === "*" || line.type === type) && moduleName(line) === module;
}

function isWanted(line: PamLine, { control, with: all, any_with: any, argument }: LineWanted): boolean {
  if (control !== undefined && !control.some((wanted) => isSameControl(line.control, wanted))) return false;
  if (all !== undefined && !all.every((pattern) => hasArgument(line, pattern))) return false;
  if (any !== undefined && !any.some((pattern) => hasArgument(line, pattern))) return false;
  if (argument === undefined) return true;
  const { name, ...comparison } = argument;
  return meets(argumentValue(line, name), comparison);
}

function hasArgument(line: PamLine, pattern: string): boolean {
  const matches = pattern.includes("*") ? componentMatcher(pattern) : (argument: string) => argument === pattern;
  return line.arguments.some(matches);
}

/** The last one counts; "" for an argument without a value, null when it is not there. */
function argumentValue(line: PamLine, name: string): string | null {
  const last = line.arguments.findLast((argument) => argument === name || argument.startsWith(`${name}=`));
  return last === undefined ? null : last.slice(name.length + 1);
}

function nameOf({ type, module }: Selection): string {
  return type === "*" ? module : `${type} ${module}`;
}

function inWords(desired: LineWanted): string {
  const { control, with: all = [], any_with: any = [], argument } = desired;
  const parts = [nameOf(desired), ...(control === undefined ? [] : [`as ${control.join(" or ")}`])];
  if (all.length > 0) parts.push(`with ${all.join(" ")}`);
  if (any.length > 0) parts.push(`with ${any.join(" or ")}`);
  if (argument !== undefined) {
    const { name, ...comparison } = argument;
    parts.push(`where ${name} ${describe(comparison)}`);
  }
  return parts.join(" ");
}

function textOf(line: PamLine): string {
  return [line.type, line.control, line.module, ...line.arguments].join(" ").slice(0, 200);
}

/** pam_wheel(8): without group=, the group wheel. */
function wheelGroup(line: PamLine): string {
  return argumentValue(line, "group") || "wheel";
}

/** Members by name and accounts whose own group it is, each once. Where there is no group wheel, that with id 0 counts. */
async function countGroups(host: Host, names: readonly string[]): Promise<Record<string, number | null>> {
  const groups = (await readAccountFile(host, "/etc/group", parseGroupLine)).entries;
  const users = (await readAccountFile(host, "/etc/passwd", parsePasswdLine)).entries;
  const counts = names.map((name): [string, number | null] => {
    const named = groups.find((entry) => entry.name === name);
    const group = named ?? (name === "wheel" ? groups.find((entry) => entry.gid === 0) : undefined);
    if (group === undefined) return [name, null];
    const owners = users.filter((user) => user.gid === group.gid).map((user) => user.name);
    return [name, new Set([...group.members, ...owners]).size];
  });
  return Object.fromEntries(counts);
}
