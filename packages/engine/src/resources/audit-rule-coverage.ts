import type { AuditRule } from "./audit-rule-syntax.ts";

/** How far a set of rules records what one rule asks for. */
export type Coverage =
  | { readonly covered: true; readonly by: readonly number[] }
  /** `syscalls`: what is left of the rule when some others record a part; null when none records anything of it. */
  | { readonly covered: false; readonly syscalls: readonly string[] | null };

/**
 * Whether rules together record all that `asked` would: each with the same list, action and fields, a watch of the same
 * place, at least its permissions; and their system calls together at least its own.
 *
 * @param rules null entries are skipped, so that indexes stay those of the caller's lines.
 */
export function coverageOf(asked: AuditRule, rules: readonly (AuditRule | null)[]): Coverage {
  const whole = coverageAsWritten(asked, rules);
  if (whole.covered || asked.fields.some((field) => field.startsWith("arch"))) return whole;
  // A rule for programs of every size may be given as two, one for each size there is.
  const sizes = ["arch=b64", "arch=b32"].map((arch) =>
    coverageAsWritten({ ...asked, fields: [...asked.fields, arch].sort() }, rules),
  );
  const by = sizes.flatMap((size) => (size.covered ? size.by : []));
  return sizes.every(({ covered }) => covered) ? { covered: true, by } : whole;
}

function coverageAsWritten(asked: AuditRule, rules: readonly (AuditRule | null)[]): Coverage {
  const by: number[] = [];
  let left = asked.syscalls;
  for (const [index, rule] of rules.entries()) {
    if (rule === null || !isAlike(rule, asked)) continue;
    if (rule.syscalls === "all") return { covered: true, by: [index] };
    if (left === "all") continue;
    const { syscalls } = rule;
    const rest: readonly string[] = left.filter((name) => !syscalls.includes(name));
    if (rest.length === left.length) continue;
    by.push(index);
    left = rest;
    if (left.length === 0) return { covered: true, by };
  }
  return { covered: false, syscalls: by.length === 0 || left === "all" ? null : left };
}

/** A rule that switches off the recording of every system call and so makes all others silent: `-a never,task`. */
export function silencesEverything(rule: AuditRule): boolean {
  return rule.list === "task" && rule.action === "never" && rule.fields.length === 0;
}

function isAlike(rule: AuditRule, asked: AuditRule): boolean {
  return (
    rule.list === asked.list &&
    rule.action === asked.action &&
    rule.fields.length === asked.fields.length &&
    rule.fields.every((field, at) => field === asked.fields[at]) &&
    watchesTheSame(rule.watch, asked.watch) &&
    hasPermissions(rule, asked)
  );
}

/** A -w is a watch of a file or of a directory, whichever stands there. */
function watchesTheSame(watch: AuditRule["watch"], asked: AuditRule["watch"]): boolean {
  if (watch === null || asked === null) return watch === asked;
  return watch.path === asked.path && (watch.by === asked.by || watch.by === "watch" || asked.by === "watch");
}

/** A rule on a path without perm= records every kind of access. */
function hasPermissions(rule: AuditRule, asked: AuditRule): boolean {
  if (rule.permissions === null) return rule.watch !== null || asked.permissions === null;
  const permissions = rule.permissions;
  return [...(asked.permissions ?? "rwxa")].every((letter) => permissions.includes(letter));
}
