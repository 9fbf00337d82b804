import type { Host } from "../host.ts";
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
import { moduleName } from "./pam-stack.ts";
import { builtInDefault } from "./single-value.ts";

const main = "/etc/security/pwquality.conf";

/** Numbers, with what counts when no line sets them (libpwquality 1.4). */
const defaults: ReadonlyMap<string, string> = new Map([
  ["difok", "1"],
  ["minlen", "8"],
  ["dcredit", "0"],
  ["ucredit", "0"],
  ["lcredit", "0"],
  ["ocredit", "0"],
  ["minclass", "0"],
  ["maxrepeat", "0"],
  ["maxclassrepeat", "0"],
  ["maxsequence", "0"],
  ["gecoscheck", "0"],
  ["dictcheck", "1"],
  ["usercheck", "1"],
  ["usersubstr", "0"],
  ["enforcing", "1"],
  ["retry", "1"],
]);
const flags = new Set(["enforce_for_root", "local_users_only"]);

/** The library takes no smaller `minlen` than this, whatever the file says. */
const smallestMinlen = 6;

/**
 * A rule for new passwords. pwquality.conf.d/*.conf count first, then pwquality.conf, then the arguments of
 * pam_pwquality; the last wins. @see pwquality.conf(5), pam_pwquality(8)
 */
export const pwquality: Resource<SettingTarget, ModuleSetting, ExplicitComparison> = {
  kind: "pwquality",
  target: SettingTarget,
  desired: ExplicitComparison,
  address: ({ key }) => `pwquality:${key}`,
  async read(host, { key }) {
    const stack = await firstPamStack(host, ["common-password", "system-auth", "passwd"]);
    const modules = stack.filter((line) => line.type === "password" && moduleName(line) === "pam_pwquality.so");
    const fromFiles = untilUnusable(await readFiles(host));
    const lines = [...fromFiles, ...modules.flatMap(argumentSettings).filter(isUsable)];
    return { ...effective(key, lines), active: modules.length > 0 };
  },
  judge: (state, desired, { key }) =>
    judgeModuleSetting(key, state, desired, "pam_pwquality is not in the password stack, so this has no effect"),
};

async function readFiles(host: Host): Promise<SettingLine[]> {
  const names = ((await host.list(`${main}.d`)) ?? []).filter((name) => name.endsWith(".conf"));
  const paths = [...names.map((name) => `${main}.d/${name}`), main];
  const texts = await Promise.all(paths.map((path) => host.readText(path)));
  return paths.flatMap((path, index) => parseSettingLines(texts[index] ?? "", path));
}

function isUsable({ key, value }: SettingLine): boolean {
  return !defaults.has(key.toLowerCase()) || /^[+-]?\d{1,9}$/.test(value);
}

/** At a number it cannot read the library stops reading, all further files too. */
function untilUnusable(lines: readonly SettingLine[]): readonly SettingLine[] {
  const end = lines.findIndex((line) => !isUsable(line));
  return end < 0 ? lines : lines.slice(0, end);
}

function effective(key: string, lines: readonly SettingLine[]): Omit<ModuleSetting, "active"> {
  const last = lines.findLast((line) => line.key.toLowerCase() === key);
  if (last === undefined) {
    const value = defaults.get(key) ?? null;
    return { value, source: value === null ? null : builtInDefault };
  }
  if (flags.has(key)) return { value: "", source: last.source };
  const tooSmall = key === "minlen" && Number(last.value) < smallestMinlen;
  return { value: tooSmall ? String(smallestMinlen) : last.value, source: last.source };
}
