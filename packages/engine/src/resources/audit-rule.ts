import { type Static, Type } from "typebox";
import { UnreadableError } from "../host.ts";
import type { Judgement, Resource } from "../resource.ts";
import { readLoadedRules } from "./audit-loaded-rules.ts";
import { coverageOf, silencesEverything } from "./audit-rule-coverage.ts";
import { isInCompiledFile, type RuleLine, readRulesOnDisk } from "./audit-rule-files.ts";
import { type AuditRule, optionsOfLine, parseAuditRule } from "./audit-rule-syntax.ts";
import { readLoginDefs } from "./login-defs.ts";
import { namedList } from "./named-list.ts";
import { readSudoLogFile } from "./sudo-log-file.ts";

/*
 * audit_rule: { rules: ["-w /etc/sudoers -p wa", "-a always,exit -F arch=b64 -S execve -F auid>={UID_MIN}"] }
 * audit_rule: { last: "-e 2" }
 *
 * Every rule asked for must be on disk and, where the kernel can be asked, loaded; however it is spelled and however
 * its system calls are spread over lines. {UID_MIN} is that of login.defs, {SUDO_LOGFILE} the logfile of sudoers.
 */
const Target = Type.Object({}, { additionalProperties: false });
const RuleText = Type.String({ pattern: "^-[aw] " });
const Desired = Type.Union([
  Type.Object({ rules: Type.Array(RuleText, { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object({ last: Type.String({ pattern: "^-[a-z] \\S+$" }) }, { additionalProperties: false }),
]);
type Desired = Static<typeof Desired>;

interface AuditRuleState {
  /** In load order, comments left out. */
  readonly onDisk: readonly RuleLine[];
  /** As `auditctl -l` prints them; left out when there is no kernel to ask, or it does not answer (in a container). */
  readonly loaded?: readonly string[];
  readonly values: { readonly UID_MIN: string; readonly SUDO_LOGFILE: string | null };
}

/** The audit rules of a machine. @see auditctl(8), audit.rules(7), augenrules(8) */
export const auditRule: Resource<Static<typeof Target>, AuditRuleState, Desired> = {
  kind: "audit_rule",
  target: Target,
  desired: Desired,
  address: () => "audit_rule:local",
  async read(host) {
    // Both /etc/audit and the kernel's rules are root's.
    if (host.live && !host.privileged) throw new UnreadableError("needs_root", "needs root: cannot read audit rules");
    const loaded = await readLoadedRules(host);
    return {
      onDisk: await readRulesOnDisk(host),
      ...(loaded === null ? {} : { loaded }),
      values: {
        UID_MIN: (await readLoginDefs(host)).get("UID_MIN")?.value ?? "1000",
        SUDO_LOGFILE: await readSudoLogFile(host),
      },
    };
  },
  judge: (state, desired) => ("last" in desired ? judgeLast(state, desired.last) : judgeRules(state, desired.rules)),
};

function judgeRules(state: AuditRuleState, rules: readonly string[]): Judgement {
  const where = state.loaded === undefined ? "on disk (judged on disk only)" : "on disk and loaded";
  const expected = `${where}: ${namedList(rules, "; ")}`;
  const unnamed = rules.some((rule) => rule.includes("{SUDO_LOGFILE}")) && state.values.SUDO_LOGFILE === null;
  if (unnamed) return { verdict: "fail", expected, actual: "no sudo log file is set", source: null };
  const asked = rules.map((text) => {
    const rule = parseAuditRule(withValues(text, state.values));
    if (rule === null) throw new Error(`not an audit rule: ${text}`);
    return { text: withValues(text, state.values), rule };
  });
  const onDisk = missingOf(asked, parsed(state.onDisk));
  const loaded = state.loaded === undefined ? null : missingOf(asked, parsed(state.loaded));
  const reasons = [
    ...(onDisk.missing.length === 0 ? [] : [`not on disk: ${namedList(onDisk.missing, "; ")}`]),
    ...(loaded === null || loaded.missing.length === 0 ? [] : [`not loaded: ${namedList(loaded.missing, "; ")}`]),
    ...(onDisk.silenced || loaded?.silenced ? ["a rule -a never,task switches the recording of system calls off"] : []),
  ];
  const sources = [...new Set(onDisk.by.map((index) => state.onDisk[index]?.source ?? ""))];
  return {
    verdict: reasons.length === 0 ? "pass" : "fail",
    expected,
    actual: reasons.length === 0 ? `${rules.length === 1 ? "the rule is" : "all rules are"} there` : reasons.join("; "),
    source: sources.length === 0 ? null : namedList(sources),
  };
}

type Lines = readonly (RuleLine | string)[];

/** Some twenty checks ask for rules of the same state. */
const parsedLines = new WeakMap<Lines, readonly (AuditRule | null)[]>();

function parsed(lines: Lines): readonly (AuditRule | null)[] {
  const known = parsedLines.get(lines);
  if (known !== undefined) return known;
  const rules = lines.map((line) => parseAuditRule(typeof line === "string" ? line : line.rule));
  parsedLines.set(lines, rules);
  return rules;
}

interface Missing {
  /** What is not recorded, in the words of the rule that asks for it. */
  readonly missing: readonly string[];
  readonly silenced: boolean;
  /** Indexes of the rules that cover what is asked. */
  readonly by: readonly number[];
}

function missingOf(
  asked: readonly { readonly text: string; readonly rule: AuditRule }[],
  there: readonly (AuditRule | null)[],
): Missing {
  const missing: string[] = [];
  const by: number[] = [];
  for (const { text, rule } of asked) {
    const coverage = coverageOf(rule, there);
    if (coverage.covered) by.push(...coverage.by);
    else missing.push(coverage.syscalls === null ? text : `${text} (for ${coverage.syscalls.join(", ")})`);
  }
  return { missing, silenced: there.some((rule) => rule !== null && silencesEverything(rule)), by };
}

/** A value that would not stay one word is quoted, as a rules file would have it. */
function withValues(text: string, values: AuditRuleState["values"]): string {
  return text
    .replaceAll("{UID_MIN}", () => values.UID_MIN)
    .replaceAll("{SUDO_LOGFILE}", () => {
      const path = values.SUDO_LOGFILE ?? "";
      return /\s/.test(path) ? `"${path}"` : path;
    });
}

/**
 * augenrules puts the last -e of all files at the end, wherever it stands. In a hand-written audit.rules nothing else may
 * follow it: after -e 2 the kernel takes no more rules.
 */
function judgeLast(state: AuditRuleState, last: string): Judgement {
  const expected = `the rules end with ${last}`;
  const [wanted] = optionsOfLine(last);
  const at = state.onDisk.findLastIndex(({ rule }) => optionsOfLine(rule)[0]?.[0] === wanted?.[0]);
  const line = state.onDisk[at];
  if (line === undefined) return { verdict: "fail", expected, actual: `no ${wanted?.[0]} line is there`, source: null };
  const options = optionsOfLine(line.rule);
  if (options.length !== 1 || options[0]?.[1] !== wanted?.[1]) {
    return { verdict: "fail", expected, actual: `the last such line is ${line.rule}`, source: line.source };
  }
  if (isInCompiledFile(line) && at !== state.onDisk.length - 1) {
    return { verdict: "fail", expected, actual: `rules follow ${line.rule}`, source: line.source };
  }
  return { verdict: "pass", expected, actual: line.rule, source: line.source };
}
