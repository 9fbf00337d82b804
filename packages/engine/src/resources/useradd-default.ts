import { Comparison } from "../comparison.ts";
import type { Resource } from "../resource.ts";
import { builtInDefault, judgeSingleValue, KeyTarget, type SingleValue, unset } from "./single-value.ts";

const path = "/etc/default/useradd";

/** What useradd(8) does where the file is silent; the rest depends on how it was built. */
const builtIn: ReadonlyMap<string, string> = new Map([
  ["INACTIVE", "-1"],
  ["EXPIRE", ""],
  ["HOME", "/home"],
  ["SKEL", "/etc/skel"],
  ["CREATE_MAIL_SPOOL", "no"],
]);

/** A default for new accounts. @see useradd(8), "Changing the default values" */
export const useraddDefault: Resource<KeyTarget, SingleValue, Comparison> = {
  kind: "useradd_default",
  target: KeyTarget,
  desired: Comparison,
  address: ({ key }) => `useradd_default:${key}`,
  read: async (host, { key }) => findUseraddDefault((await host.readText(path)) ?? "", key),
  judge: (state, desired, { key }) => judgeSingleValue(key, state, desired),
};

/**
 * The last `KEY=value` line wins; no white space is allowed around the name. A value of INACTIVE that is no whole
 * number from -1 up is refused by useradd, which then goes on with -1.
 */
export function findUseraddDefault(text: string, key: string): SingleValue {
  const fallback = builtIn.get(key);
  let found: SingleValue = fallback === undefined ? unset : { value: fallback, source: builtInDefault };
  for (const [index, line] of text.split("\n").entries()) {
    if (!line.startsWith(`${key}=`)) continue;
    const value = line.slice(key.length + 1);
    const source = `${path}:${index + 1}`;
    found =
      key === "INACTIVE" && !/^\s*([+]?\d+|-1)$/.test(value)
        ? { value: "-1", source: `${source} (not a number of days: the built-in default counts)` }
        : { value: value.trim(), source };
  }
  return found;
}
