import { type Expectation, expectationsOf } from "@holdfast/content/expression";
import type { Check, Condition } from "@holdfast/content/pack";
import { addressesJudged, type Proof } from "@holdfast/content/proofs";
import type { FactAddress, Observation } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import { judgeCheck } from "../judge.ts";
import { type Candidate, membersOf, textsOf } from "./candidate.ts";
import { candidatesByAddress } from "./candidates.ts";
import { type Assignment, conditionGoals, pivotGoals, type SolveContext, solve, verdictOn } from "./solve.ts";

/** A proof that could be kept. */
export interface Drafted extends Proof {
  /** Whether it is worth keeping whatever else is there. */
  readonly isWanted: boolean;
}

/** Every proof that could be drafted, the plainest first. */
export function proofPool(check: Check, conditions: ReadonlyMap<string, Condition>): Drafted[] {
  const own = check.require === null ? [] : [...expectationsOf(check.require)];
  const candidates = candidatesByAddress([...own, ...expectationsOfConditions(check, conditions)]);
  const context: SolveContext = { conditions, candidates };
  const draft = (name: string, assignment: Assignment, isWanted = false): Drafted =>
    judged(check, conditions, name, filled(assignment, check, context), isWanted);
  const good = whole(check, context);
  if (good === null) return [];
  const label = labelsOf(own);
  const pool = [draft(firstName(check, good, own), good, true)];
  const kindsShown = new Set<string>();
  for (const [index, { address, kind }] of own.entries()) {
    const isFirstOfKind = !kindsShown.has(kind);
    kindsShown.add(kind);
    let hasShownFailure = false;
    for (const [place, around] of pivots(check, index, own, context).entries()) {
      const name = `${label(address)}${around.get(address)?.name ?? "as it should be"}`;
      const drafted = draft(name, around);
      if (!sameStates(around, good))
        pool.push(drafted.verdict === "pass" ? { ...drafted, name: `${name}, another way to comply` } : drafted);
      for (const candidate of candidates.get(address) ?? []) {
        const drafted = draft(`${label(address)}${candidate.name}`, new Map(around).set(address, candidate));
        const isFirstFailure: boolean = !hasShownFailure && drafted.verdict === "fail";
        hasShownFailure ||= isFirstFailure;
        const isHardCase =
          candidate.isHard === true && isFirstOfKind && place === 0 && drafted.verdict !== "not_applicable";
        pool.push({ ...drafted, isWanted: isFirstFailure || isHardCase });
      }
    }
  }
  pool.push(...inapplicable(check, own, context).map(([name, assignment]) => draft(name, assignment, true)));
  const unread = unreadable(check, conditions, pool[0]);
  return [...pool.filter(({ verdict }) => verdict !== "error"), ...(unread === null ? [] : [unread])];
}

/** States around one expectation in which it decides the check's verdict, whether it holds or not. */
function pivots(check: Check, index: number, own: readonly Expectation[], context: SolveContext): Assignment[] {
  const { conditions } = context;
  const when = own[index]?.when;
  const held = when === undefined ? [] : conditionGoals(when, ["pass"], conditions);
  return (["pass", "fail", "manual"] as const).flatMap((verdict) => {
    const found = solve([...held, ...pivotGoals(check, index, [verdict], conditions)], context);
    return found === null ? [] : [filled(found, check, context)];
  });
}

/** Any state in which the check passes. */
function whole(check: Check, context: SolveContext): Assignment | null {
  if (check.require === null) return null;
  const goals = check.applies.flatMap((id) => conditionGoals(id, ["pass"], context.conditions));
  const found =
    solve([...goals, { tree: check.require, verdicts: ["pass"] }], context) ??
    solve([...goals, { tree: check.require, verdicts: ["manual"] }], context);
  return found === null ? null : filled(found, check, context);
}

/** For each condition, a state in which it does not hold, and what it excuses is wrong. */
function inapplicable(check: Check, own: readonly Expectation[], context: SolveContext): [string, Assignment][] {
  const { conditions } = context;
  const found: [string, Assignment][] = [];
  const add = (name: string, assignment: Assignment | null): void => {
    if (assignment !== null && !found.some(([other]) => other === name)) found.push([name, assignment]);
  };
  for (const id of check.applies) {
    const failing = conditionGoals(id, ["fail", "not_applicable"], conditions);
    const others = check.applies
      .filter((other) => other !== id)
      .flatMap((other) => conditionGoals(other, ["pass"], conditions));
    add(conditions.get(id)?.otherwise ?? id, solve([...failing, ...others], context) ?? solve(failing, context));
  }
  for (const [index, { when, address }] of own.entries()) {
    if (when === undefined) continue;
    const failing = conditionGoals(when, ["fail", "not_applicable"], conditions);
    const name = conditions.get(when)?.otherwise ?? when;
    const around = pivotGoals(check, index, ["not_applicable"], conditions);
    const assignment = solve([...failing, ...around], context) ?? solve(failing, context);
    const wrong = (context.candidates.get(address) ?? []).find(
      (candidate) => ownVerdict(own, index, candidate) === "fail",
    );
    if (assignment === null || wrong === undefined || assignment.has(address)) add(name, assignment);
    else add(name, new Map(assignment).set(address, wrong));
  }
  if (check.require !== null && own.every(({ when }) => when !== undefined))
    add("nothing of it applies", solve([{ tree: check.require, verdicts: ["not_applicable"] }], context));
  return found;
}

function ownVerdict(own: readonly Expectation[], index: number, candidate: Candidate): string | null {
  const expectation = own[index];
  return expectation === undefined ? null : verdictOn(expectation, candidate);
}

/** What a kind reads that may be unreadable, where its target is no path. */
const fileOfKind: Readonly<Record<string, string>> = {
  account_db: "/etc/passwd",
  aide_rule: "/etc/aide/aide.conf",
  apparmor: "/sys/kernel/security/apparmor/profiles",
  audit_log_files: "/var/log/audit",
  audit_rule: "/etc/audit/rules.d",
  auditd_conf: "/etc/audit/auditd.conf",
  chrony: "/etc/chrony/chrony.conf",
  cron_job: "/var/spool/cron/crontabs",
  dconf: "/etc/dconf/db",
  dconf_lock: "/etc/dconf/db",
  faillock: "/etc/security/faillock.conf",
  grub_password: "/boot/grub/grub.cfg",
  home_dirs: "/etc/passwd",
  home_dotfiles: "/root",
  kernel_cmdline: "/boot/grub/grub.cfg",
  kernel_module: "/etc/modprobe.d",
  login_defs: "/etc/login.defs",
  package: "/var/lib/dpkg/status",
  package_dependents: "/var/lib/dpkg/status",
  package_updates: "/var/lib/apt/lists",
  pam: "/etc/pam.d",
  path_env: "/root",
  pwquality: "/etc/security/pwquality.conf",
  rsyslog: "/etc/rsyslog.conf",
  service: "/etc/systemd/system",
  shadow: "/etc/shadow",
  sshd_setting: "/etc/ssh/sshd_config",
  sudoers: "/etc/sudoers",
  sysctl: "/etc/sysctl.d",
  tmpfiles: "/etc/tmpfiles.d",
  useradd_default: "/etc/default/useradd",
};

/** The first proof with the fact that decides first made unreadable; null when that is no error. */
function unreadable(
  check: Check,
  conditions: ReadonlyMap<string, Condition>,
  base: Drafted | undefined,
): Drafted | null {
  const [first] = check.require === null ? [] : expectationsOf(check.require);
  if (base === undefined || first === undefined) return null;
  const { address, kind, target } = first;
  const short = targetInShort(kind, address, target);
  const file = short.startsWith("/") ? short.replace(/[ :].*/, "") : (fileOfKind[kind] ?? address);
  const message = `needs root: cannot read ${file}`;
  const facts = new Map(base.facts).set(address, { error: { code: "unreadable" as const, message } });
  const { verdict } = judgeCheck(check, { facts, conditions });
  return verdict === "error" ? { name: "cannot be read", verdict, facts, isWanted: true } : null;
}

function judged(
  check: Check,
  conditions: ReadonlyMap<string, Condition>,
  name: string,
  assignment: Assignment,
  isWanted: boolean,
): Drafted {
  const facts = factsOf(assignment);
  const { verdict } = judgeCheck(check, { facts, conditions });
  return { name, verdict: verdict === "not_ported" ? "error" : verdict, facts, isWanted };
}

function factsOf(assignment: Assignment): Map<FactAddress, Observation> {
  return new Map([...assignment].map(([address, { state }]) => [address, { state }]));
}

/** With the first candidate of every address that was left open. */
function filled(assignment: Assignment, check: Check, { conditions, candidates }: SolveContext): Assignment {
  const states = new Map<FactAddress, Candidate>();
  for (const address of addressesJudged(check, { conditions })) {
    const candidate = assignment.get(address) ?? candidates.get(address)?.[0];
    if (candidate !== undefined) states.set(address, candidate);
  }
  return states;
}

function sameStates(a: Assignment, b: Assignment): boolean {
  return [...a].every(([address, candidate]) => b.get(address) === candidate);
}

function* expectationsOfConditions(check: Check, conditions: ReadonlyMap<string, Condition>): Generator<Expectation> {
  const own = check.require === null ? [] : [...expectationsOf(check.require)];
  const open = [...check.applies, ...own.flatMap(({ when }) => (when === undefined ? [] : [when]))];
  const seen = new Set<string>();
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    const condition = conditions.get(id);
    if (condition === undefined || seen.has(id)) continue;
    seen.add(id);
    for (const expectation of expectationsOf(condition.require)) {
      yield expectation;
      if (expectation.when !== undefined) open.push(expectation.when);
    }
  }
}

/** What a name says before a state's own name: nothing when the check looks at one address only, else the target. */
function labelsOf(own: readonly Expectation[]): (address: FactAddress) => string {
  const targets = new Map(own.map(({ address, kind, target }) => [address, targetInShort(kind, address, target)]));
  return (address) => (targets.size === 1 ? "" : `${targets.get(address) ?? address}: `);
}

function targetInShort(kind: string, address: FactAddress, target: Json): string {
  const { path, pattern } = membersOf(target);
  if (kind === "text_match") {
    // A pattern is no name; its longest word says what line is meant.
    const words =
      String(pattern)
        .replaceAll(/\\[A-Za-z]/g, " ")
        .match(/[A-Za-z_-]{4,}/g) ?? [];
    const word = words.reduce((longest, other) => (other.length > longest.length ? other : longest), "");
    return `${String(path)} ${word}`.trim();
  }
  if (kind === "manual") return textsOf(membersOf(target)["collect"])[0] ?? kind;
  const short = address.slice(address.indexOf(":") + 1);
  return short === "local" ? kind : short;
}

function firstName(check: Check, base: Assignment, own: readonly Expectation[]): string {
  const addresses = new Set(own.map(({ address }) => address));
  const [only] = addresses;
  if (addresses.size === 1 && only !== undefined) return base.get(only)?.name ?? "as it should be";
  return check.applies.length > 0 || own.length > 1 ? "as it should be" : "right";
}
