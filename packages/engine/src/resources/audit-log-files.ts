import { posix } from "node:path";
import { type Static, Type } from "typebox";
import { readAccountNames } from "../account-names.ts";
import type { Resource } from "../resource.ts";
import { auditdConf } from "./auditd-conf.ts";
import { isWithinMode, ModeText, modeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";

/*
 * audit_log_files: { what: files, mode_max: "0640" }            every log in the directory of log_file
 * audit_log_files: { what: files, owner: [root], group: [root, adm] }
 * audit_log_files: { what: directory, mode_max: "0750" }        the directory itself
 *
 * Not applicable where auditd has not written a log yet.
 */
const Target = Type.Object({ what: Type.Enum(["files", "directory"] as const) }, { additionalProperties: false });
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const Desired = Type.Object(
  { mode_max: Type.Optional(ModeText), owner: Type.Optional(Names), group: Type.Optional(Names) },
  { additionalProperties: false, minProperties: 1 },
);

interface AuditLogFilesState {
  /** The log that is written now, after auditd.conf. */
  readonly logFile: string;
  /** The line of auditd.conf that names it, or "built-in default". */
  readonly source: string;
  /** Sorted by path. */
  readonly entries: readonly {
    readonly path: string;
    /** Octal, e.g. "0640". */
    readonly mode: string;
    readonly owner: string;
    readonly group: string;
  }[];
}

/** The audit daemon's logs, wherever they are. @see auditd.conf(5), log_file */
export const auditLogFiles: Resource<Static<typeof Target>, AuditLogFilesState, Static<typeof Desired>> = {
  kind: "audit_log_files",
  target: Target,
  desired: Desired,
  address: ({ what }) => `audit_log_files:${what}`,
  async read(host, { what }) {
    const { value, source } = await auditdConf.read(host, { key: "log_file" });
    const logFile = value?.startsWith("/") ? posix.normalize(value) : "/var/log/audit/audit.log";
    const directory = posix.dirname(logFile);
    const inDirectory = async () => ((await host.list(directory)) ?? []).map((name) => posix.join(directory, name));
    const names = await readAccountNames(host);
    const entries: AuditLogFilesState["entries"][number][] = [];
    for (const path of what === "files" ? await inDirectory() : [directory]) {
      const stat = await host.stat(path);
      if (stat === null || stat.type !== (what === "files" ? "file" : "directory")) continue;
      entries.push({ path, mode: modeText(stat.mode), owner: names.user(stat.uid), group: names.group(stat.gid) });
    }
    return { logFile, source: source ?? "built-in default", entries };
  },
  judge({ logFile, source, entries }, { mode_max: modeMax, owner, group }) {
    const expected = [
      ...(modeMax === undefined ? [] : [`${modeMax} or stricter`]),
      ...(owner === undefined ? [] : [`owned by ${owner.join(" or ")}`]),
      ...(group === undefined ? [] : [`of group ${group.join(" or ")}`]),
    ].join(", ");
    if (entries.length === 0) {
      return { verdict: "not_applicable", expected, actual: `there is no audit log at ${logFile}`, source };
    }
    const reasons = entries.flatMap((entry) => [
      ...(modeMax !== undefined && !isWithinMode(entry.mode, modeMax) ? [`${entry.path} is ${entry.mode}`] : []),
      ...(owner !== undefined && !owner.includes(entry.owner) ? [`${entry.path} belongs to ${entry.owner}`] : []),
      ...(group !== undefined && !group.includes(entry.group) ? [`${entry.path} has group ${entry.group}`] : []),
    ]);
    return {
      verdict: reasons.length === 0 ? "pass" : "fail",
      expected,
      actual: reasons.length === 0 ? "so it is" : namedList(reasons, "; "),
      source,
    };
  },
};
