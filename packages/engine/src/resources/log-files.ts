import { type Static, Type } from "typebox";
import { readAccountNames } from "../account-names.ts";
import { componentMatcher } from "../glob.ts";
import type { FileStat } from "../host.ts";
import type { Resource } from "../resource.ts";
import { SmallestItems } from "../smallest-items.ts";
import { isLoginShell, parsePasswdLine, readAccountFile, readShells } from "./account-files.ts";
import { isWithinMode, ModeText, modeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";

/*
 * log_files:
 *   rules:
 *     - { match: ["wtmp", "wtmp.*"], mode_max: "0664", owner: [root], group: [root, utmp] }
 *     - { match: ["*"], mode_max: "0640", owner: [root], group: [root, adm], or_service_account: true }
 *
 * Every file below /var/log meets the first rule that matches its name; a pattern with a slash is compared with as many
 * of the path's last components. or_service_account: a file of an account without a login shell may belong to it, with
 * whatever group that service uses.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const Rule = Type.Object(
  {
    match: Names,
    mode_max: ModeText,
    owner: Names,
    group: Names,
    or_service_account: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
const Desired = Type.Object({ rules: Type.Array(Rule, { minItems: 1 }) }, { additionalProperties: false });
type Rule = Static<typeof Rule>;

interface LogFile {
  /** Runs of eight digits and more, and long hexadecimal names, are shown as "…": they change with each rotation. */
  readonly path: string;
  /** Octal. */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  /** Whether the owner is an account without a login shell. */
  readonly service: boolean;
}

interface LogFilesState {
  /** Sorted by path, alike ones once, at most 1,000. */
  readonly files: readonly LogFile[];
  readonly truncated: boolean;
  /** What could not be looked at, at most 20 paths; left out when everything could. */
  readonly unreadable?: { readonly total: number; readonly paths: readonly string[] };
}

const directory = "/var/log";

/** Modes and owners of the log files, on local file systems. */
export const logFiles: Resource<Static<typeof Target>, LogFilesState, Static<typeof Desired>> = {
  kind: "log_files",
  target: Target,
  desired: Desired,
  readTimeoutMs: 120_000,
  address: () => `log_files:${directory}`,
  async read(host) {
    const names = await readAccountNames(host);
    const shells = await readShells(host);
    const { entries } = await readAccountFile(host, "/etc/passwd", parsePasswdLine);
    const services = new Set(entries.filter(({ shell }) => !isLoginShell(shell, shells)).map(({ uid }) => uid));
    const seen = new Set<string>();
    const files = new SmallestItems<LogFile>(1000, (file) => JSON.stringify(Object.values(file)));
    const visit = (path: string, { type, mode, uid, gid }: FileStat): void => {
      if (type !== "file") return;
      const file = {
        path: path.replaceAll(/[0-9a-f]{16,}|\d{8,}/g, "…"),
        mode: modeText(mode),
        owner: names.user(uid),
        group: names.group(gid),
        service: services.has(uid),
      };
      const key = JSON.stringify(Object.values(file));
      // Far more different ones than could be told: no longer kept apart.
      if (seen.has(key) || seen.size > 50_000) return;
      seen.add(key);
      files.add(file);
    };
    const { unreadable, unreadablePaths } = await host.walk(visit, { under: directory, timeoutMs: 120_000 });
    return {
      files: files.sorted(),
      truncated: files.count > 1000,
      ...(unreadable === 0 ? {} : { unreadable: { total: unreadable, paths: unreadablePaths } }),
    };
  },
  judge({ files, truncated, unreadable }, { rules }) {
    const matchers = rules.map(({ match }) => match.map(pathMatcher));
    const offences = files.flatMap((file) => {
      const rule = rules[matchers.findIndex((any) => any.some((matches) => matches(file.path)))];
      const reason = rule === undefined ? "" : offence(file, rule);
      return reason === "" ? [] : [`${file.path} ${reason}`];
    });
    const expected = `log files have the mode and owner that their names call for`;
    if (offences.length > 0) return { verdict: "fail", expected, actual: namedList(offences, "; "), source: directory };
    if (truncated || unreadable !== undefined) {
      const actual = truncated
        ? `there are too many log files to look at`
        : `${unreadable?.total} paths cannot be read: ${namedList(unreadable?.paths ?? [])}`;
      return { verdict: "error", expected, actual, source: directory };
    }
    const actual = files.length === 0 ? "no log files" : `all of ${files.length} are right`;
    return { verdict: "pass", expected, actual, source: directory };
  },
};

/** What is wrong, or "". */
function offence({ mode, owner, group, service }: LogFile, rule: Rule): string {
  const isServices = rule.or_service_account === true && service;
  return [
    ...(isWithinMode(mode, rule.mode_max) ? [] : [`is ${mode}, not ${rule.mode_max} or stricter`]),
    ...(isServices || rule.owner.includes(owner) ? [] : [`belongs to ${owner}`]),
    ...(isServices || rule.group.includes(group) ? [] : [`has the group ${group}`]),
  ].join(", ");
}

function pathMatcher(pattern: string): (path: string) => boolean {
  const components = pattern.split("/").map(componentMatcher);
  return (path) => {
    const names = path.split("/").slice(-components.length);
    // A leading dot hides a file from a shell, not from those who read it.
    return components.every((matches, index) => matches((names[index] ?? "").replace(/^\.+/, "") || "-"));
  };
}
