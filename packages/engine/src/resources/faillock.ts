import type { Resource } from "../resource.ts";
import { ExplicitComparison } from "./explicit-comparison.ts";
import {
  argumentSettings,
  firstPamStack,
  judgeModuleSetting,
  type ModuleSetting,
  parseSettingLines,
  type SettingLine,
  SettingTarget,
} from "./module-setting.ts";
import { moduleName, type PamLine } from "./pam-stack.ts";
import { builtInDefault } from "./single-value.ts";

const defaults: ReadonlyMap<string, string> = new Map([
  ["deny", "3"],
  ["fail_interval", "900"],
  ["unlock_time", "600"],
]);
/** Seconds; the module ignores what is no number from 0 to this. */
const longestSeconds = 604_800;
const seconds = new Set(["fail_interval", "unlock_time", "root_unlock_time"]);
const flags = new Set([
  "audit",
  "silent",
  "no_log_info",
  "local_users_only",
  "nodelay",
  "even_deny_root",
  "uid_based_files",
]);

/**
 * A rule for locking accounts after failed log-ins: faillock.conf, then the arguments of pam_faillock; the last wins.
 * `unlock_time = never` reads as 0, which means the same. @see faillock.conf(5), pam_faillock(8)
 */
export const faillock: Resource<SettingTarget, ModuleSetting, ExplicitComparison> = {
  kind: "faillock",
  target: SettingTarget,
  desired: ExplicitComparison,
  address: ({ key }) => `faillock:${key}`,
  async read(host, { key }) {
    const stack = await firstPamStack(host, ["common-auth", "system-auth", "login"]);
    const modules = stack.filter((line) => line.type === "auth" && moduleName(line) === "pam_faillock.so");
    const counting = modules.filter(countsFailures);
    // The line that counts failures decides; what only the others say comes before it.
    const fromArguments = [...modules.filter((line) => !countsFailures(line)), ...counting].flatMap(argumentSettings);
    const path = fromArguments.find((line) => line.key === "conf")?.value ?? "/etc/security/faillock.conf";
    const fromFile = parseSettingLines((await host.readText(path)) ?? "", path);
    return { ...effective(key, [...fromFile, ...fromArguments].flatMap(usable)), active: counting.length > 0 };
  },
  judge: (state, desired, { key }) =>
    judgeModuleSetting(key, state, desired, "pam_faillock is not in the auth stack, so this has no effect"),
};

/** Without such a line no failure is ever recorded, and nothing is locked. */
function countsFailures(line: PamLine): boolean {
  return line.arguments.includes("authfail");
}

/** The line as the module takes it, none when it ignores it. */
function usable(line: SettingLine): SettingLine[] {
  const { key, value } = line;
  if (flags.has(key)) return [{ ...line, value: "" }];
  if (seconds.has(key) && value === "never" && key !== "fail_interval") return [{ ...line, value: "0" }];
  if (key !== "deny" && !seconds.has(key)) return [line];
  const number = /^\d{1,9}/.exec(value)?.[0];
  if (number === undefined || (seconds.has(key) && Number(number) > longestSeconds)) return [];
  return [{ ...line, value: String(Number(number)) }];
}

/** root is locked only with even_deny_root, and then as long as everyone, or for root_unlock_time, which implies it. */
function effective(key: string, lines: readonly SettingLine[]): Omit<ModuleSetting, "active"> {
  const last = lines.findLast((line) => line.key === key);
  if (last !== undefined) return { value: last.value, source: last.source };
  if (key === "root_unlock_time" && lines.some((line) => line.key === "even_deny_root")) {
    return effective("unlock_time", lines);
  }
  const value = defaults.get(key) ?? null;
  return { value, source: value === null ? null : builtInDefault };
}
