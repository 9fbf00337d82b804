import { posix } from "node:path";
import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { auditdConf } from "./auditd-conf.ts";
import { meetsAttributes, planFileFix } from "./file-fix.ts";
import { type ObservedFile, observeFile } from "./file-state.ts";
import { isWithinMode, ModeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";

/*
 * audit_log_files: { what: files, mode_max: "0640" }            every log in the directory of log_file
 * audit_log_files: { what: files, owner: [root], group: [root, adm] }
 * audit_log_files: { what: directory, mode_max: "0750" }        the directory itself
 *
 * Met where auditd has not written a log yet: nothing is there that could be wrong.
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
  readonly entries: readonly ObservedFile[];
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
    const directory = await host.realPath(posix.dirname(logFile));
    const names = directory === null ? [] : what === "directory" ? [""] : ((await host.list(directory)) ?? []);
    const entries: ObservedFile[] = [];
    for (const name of names) {
      // A link among the logs is none: auditd does not follow it.
      const entry = await observeFile(host, posix.join(directory ?? "", name));
      if (entry?.type === (what === "files" ? "file" : "directory")) entries.push(entry);
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
      return { verdict: "pass", expected, actual: `there is no audit log at ${logFile}`, source };
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
  plan({ logFile, entries }, desired, { what }) {
    const wrong = entries.filter((entry) => !meetsAttributes(entry, desired));
    return wrong.every(({ path }) => isAudits(path, logFile, what)) ? planFileFix(wrong, desired) : null;
  },
};

/** Where log_file is among other files, those and their directory are somebody else's: /etc must not become 0750. */
function isAudits(path: string, logFile: string, what: Static<typeof Target>["what"]): boolean {
  const name = posix.basename(path);
  return what === "directory" ? name === "audit" : name.startsWith(posix.basename(logFile));
}
