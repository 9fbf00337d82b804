import { type Static, Type } from "typebox";
import { UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readLoadedRules } from "./audit-loaded-rules.ts";
import { coverageOf } from "./audit-rule-coverage.ts";
import { type RuleLine, readRulesOnDisk } from "./audit-rule-files.ts";
import { parseAuditRule } from "./audit-rule-syntax.ts";
import { surveyFiles, surveyTimeoutMs } from "./file-survey.ts";
import { readLoginDefs } from "./login-defs.ts";
import { namedList } from "./named-list.ts";

/*
 * audit_privileged: { rule: "-a always,exit -F path={PATH} -F perm=x -F auid>={UID_MIN} -F auid!=unset" }
 *
 * The rule, with {PATH} filled in, must be there for every setuid and setgid file of the file systems on which these bits
 * work: on disk and, where the kernel can be asked, loaded; however it is spelled. {UID_MIN} is that of login.defs.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object(
  { rule: Type.String({ pattern: "^-a .*path=\\{PATH\\}" }) },
  { additionalProperties: false },
);

interface AuditPrivilegedState {
  /** How many there are, and the paths of at most 1,000, sorted. */
  readonly total: number;
  readonly programs: readonly string[];
  /** The rules that watch one of these paths. */
  readonly onDisk: readonly RuleLine[];
  /** The same, as the kernel has them; left out when there is no kernel to ask, or it does not answer. */
  readonly loaded?: readonly string[];
  readonly uidMin: string;
  /** What could not be looked at, at most 20 paths; left out when everything could. */
  readonly unreadable?: { readonly total: number; readonly paths: readonly string[] };
}

/** Whether the use of every setuid and setgid program is recorded. @see auditctl(8) */
export const auditPrivileged: Resource<Static<typeof Target>, AuditPrivilegedState, Static<typeof Desired>> = {
  kind: "audit_privileged",
  target: Target,
  desired: Desired,
  readTimeoutMs: surveyTimeoutMs,
  address: () => "audit_privileged:local",
  async read(host) {
    if (host.live && !host.privileged) throw new UnreadableError("needs_root", "needs root: cannot read audit rules");
    const [onDisk, loaded] = [await readRulesOnDisk(host), await readLoadedRules(host)];
    const { programs, unreadable } = await surveyFiles(host);
    const paths = new Set(programs.files.map(({ path }) => path));
    const isAboutThem = (rule: string): boolean => paths.has(parseAuditRule(rule)?.watch?.path ?? "");
    return {
      total: programs.total,
      programs: [...paths],
      onDisk: onDisk.filter(({ rule }) => isAboutThem(rule)),
      ...(loaded === null ? {} : { loaded: loaded.filter(isAboutThem) }),
      uidMin: (await readLoginDefs(host)).get("UID_MIN")?.value ?? "1000",
      ...(unreadable.total === 0 ? {} : { unreadable }),
    };
  },
  judge(state, desired) {
    const { total, programs, onDisk, loaded, uidMin, unreadable } = state;
    const where = loaded === undefined ? "on disk (judged on disk only)" : "on disk and loaded";
    const expected = `${where} for each of ${total} programs: ${desired.rule}`;
    const notOnDisk = uncovered(
      programs,
      desired.rule,
      uidMin,
      onDisk.map(({ rule }) => rule),
    );
    const notLoaded = loaded === undefined ? [] : uncovered(programs, desired.rule, uidMin, loaded);
    const reasons = [
      ...(notOnDisk.length === 0 ? [] : [`not on disk: ${namedList(notOnDisk)}`]),
      ...(notLoaded.length === 0 ? [] : [`not loaded: ${namedList(notLoaded)}`]),
      ...(total > programs.length ? [`there are ${total} such programs, too many to compare`] : []),
    ];
    const source = onDisk[0]?.source ?? null;
    if (reasons.length > 0) return { verdict: "fail", expected, actual: reasons.join("; "), source };
    if (unreadable !== undefined) {
      const actual = `${unreadable.total} paths cannot be read: ${namedList(unreadable.paths)}`;
      return { verdict: "error", expected, actual, source };
    }
    return { verdict: "pass", expected, actual: `a rule for each of ${total} programs`, source };
  },
};

/** The programs that no rule records as wanted. */
function uncovered(
  programs: readonly string[],
  wanted: string,
  uidMin: string,
  rules: readonly string[],
): readonly string[] {
  const there = rules.map(parseAuditRule);
  return programs.filter((path) => {
    const quoted = /[\s']/.test(path) ? `"${path}"` : path;
    const text = wanted.replaceAll("{UID_MIN}", () => uidMin).replace("path={PATH}", () => `path=${quoted}`);
    const rule = parseAuditRule(text);
    if (rule === null) throw new Error(`not an audit rule: ${text}`);
    return !coverageOf(rule, there).covered;
  });
}
