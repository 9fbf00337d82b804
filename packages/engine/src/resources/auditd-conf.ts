import { Comparison } from "../comparison.ts";
import type { Resource } from "../resource.ts";
import { derivedOnce } from "../shared-reads.ts";
import { judgeSingleValue, KeyTarget, type SingleValue, unset } from "./single-value.ts";

const path = "/etc/audit/auditd.conf";

/** Values that are names of other things, so that their case matters. */
const caseSensitive = new Set([
  "action_mail_acct",
  "krb5_key_file",
  "krb5_principal",
  "log_file",
  "log_group",
  "name",
  "plugin_dir",
]);

/** A setting of the audit daemon; null when no line sets it. Keywords and actions are in lower case. @see auditd.conf(5) */
export const auditdConf: Resource<KeyTarget, SingleValue, Comparison> = {
  kind: "auditd_conf",
  target: KeyTarget,
  desired: Comparison,
  address: ({ key }) => `auditd_conf:${key.toLowerCase()}`,
  async read(host, { key }) {
    const settings = await derivedOnce(host, "auditd.conf", async () =>
      parseAuditdConf((await host.readText(path)) ?? ""),
    );
    return settings.get(key.toLowerCase()) ?? unset;
  },
  judge: (state, desired, { key }) => judgeSingleValue(key.toLowerCase(), state, desired),
};

/**
 * `keyword = value`, case-insensitive, a `#` line is a comment, the last line of a keyword wins. What follows the value
 * is its option, e.g. the program of `exec /sbin/alarm`: not part of it.
 */
export function parseAuditdConf(text: string): ReadonlyMap<string, SingleValue> {
  const values = new Map<string, SingleValue>();
  for (const [index, line] of text.split("\n").entries()) {
    const parts = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*=\s*(\S+)/.exec(line);
    if (parts === null) continue;
    const [, name = "", value = ""] = parts;
    const key = name.toLowerCase();
    values.set(key, {
      value: caseSensitive.has(key) ? value : value.toLowerCase(),
      source: `${path}:${index + 1}`,
    });
  }
  return values;
}
