import { Comparison } from "../comparison.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { judgeSingleValue, KeyTarget, type SingleValue, unset } from "./single-value.ts";

const path = "/etc/login.defs";

/**
 * A setting of the shadow password suite. Null when no line sets it; then the built-in value of each program counts.
 * @see login.defs(5)
 */
export const loginDefs: Resource<KeyTarget, SingleValue, Comparison> = {
  kind: "login_defs",
  target: KeyTarget,
  desired: Comparison,
  address: ({ key }) => `login_defs:${key}`,
  read: async (host, { key }) => (await readLoginDefs(host)).get(key) ?? unset,
  judge: (state, desired, { key }) => judgeSingleValue(key, state, desired),
};

/** Every setting of /etc/login.defs, by its case-sensitive name; empty when the file is absent. @throws UnreadableError */
export function readLoginDefs(host: Host): Promise<ReadonlyMap<string, SingleValue>> {
  return derivedOnce(host, "login.defs", async () => parseLoginDefs((await host.readText(path)) ?? ""));
}

/**
 * The last line of a name wins. A value goes to the end of its line, `#` and all, as the shadow tools read it: a number
 * with a comment behind it is no number to them either. Double quotes around a value are taken off.
 */
export function parseLoginDefs(text: string): ReadonlyMap<string, SingleValue> {
  const values = new Map<string, SingleValue>();
  for (const [index, line] of text.split("\n").entries()) {
    const parts = /^\s*([^\s#]\S*)[ \t]+["\t ]*([^"]*)/.exec(line.trimEnd());
    const [, name = "", value = ""] = parts ?? [];
    if (name !== "") values.set(name, { value: value.trimEnd(), source: `${path}:${index + 1}` });
  }
  return values;
}
