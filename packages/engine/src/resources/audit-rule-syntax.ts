import { posix } from "node:path";

/**
 * One audit rule in the form two spellings of the same rule share. Keys (-k) are left out: they name, they do not
 * select. @see auditctl(8), audit.rules(7)
 */
export interface AuditRule {
  /** exit, user, exclude, filesystem, task, io_uring. */
  readonly list: string;
  readonly action: string;
  /** Names or numbers as written, sorted; "all" when the rule names none. */
  readonly syscalls: readonly string[] | "all";
  /** `watch`: written with -w, which the kernel takes as `path` or, for a directory, as `dir`. */
  readonly watch: { readonly by: "watch" | "path" | "dir"; readonly path: string } | null;
  /** Letters of "rwxa"; null when the rule does not ask for any. */
  readonly permissions: string | null;
  /** Every other -F and -C, normalised, sorted, each once. */
  readonly fields: readonly string[];
}

/** The words of one line: split at spaces; single or double quotes keep spaces in a word. */
export function splitRuleLine(line: string): string[] {
  return [...line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g)].map(([word]) => unquoted(word));
}

function unquoted(word: string): string {
  return word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? "");
}

/** One option of a line, e.g. `["-F", "auid>=1000"]`; the argument is empty for options without one. */
export type RuleOption = readonly [option: string, argument: string];

const withArgument = new Set(["-a", "-A", "-d", "-w", "-W", "-p", "-k", "-S", "-F", "-C", "-e", "-f", "-b", "-r"]);

/** The options of a line as getopt(3) takes them, glued arguments (`-pwa`) too; empty for comments and blank lines. */
export function optionsOfLine(line: string): RuleOption[] {
  const trimmed = line.trim();
  if (trimmed === "" || trimmed.startsWith("#")) return [];
  const words = splitRuleLine(trimmed);
  const options: RuleOption[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const option = word.slice(0, 2);
    if (!withArgument.has(option)) options.push([word, ""]);
    else if (word.length > 2) options.push([option, word.slice(2)]);
    else {
      at += 1;
      options.push([option, words[at] ?? ""]);
    }
  }
  return options;
}

/**
 * A line of a rules file or of `auditctl -l`, normalised; null when it is no rule that adds something: a comment, a
 * control line such as `-b 8192`, a deletion, or not understood.
 */
export function parseAuditRule(line: string): AuditRule | null {
  const options = optionsOfLine(line);
  const argumentsOf = (option: string): string[] =>
    options.filter(([name]) => name === option).map(([, argument]) => argument);
  if (options.some(([name]) => !ruleOptions.has(name))) return null;
  const added = [...argumentsOf("-a"), ...argumentsOf("-A")];
  const watched = argumentsOf("-w");
  if (added.length + watched.length !== 1) return null;
  if (watched[0] !== undefined) {
    if (!watched[0].startsWith("/")) return null;
    const permissions = permissionsOf(argumentsOf("-p").join("") || "rwxa");
    if (permissions === null) return null;
    const watch = { by: "watch" as const, path: normalPath(watched[0]) };
    return { list: "exit", action: "always", syscalls: "all", watch, permissions, fields: [] };
  }
  const place = listAndAction(added[0] ?? "");
  if (place === null) return null;
  const fields = new Set<string>();
  let watch: AuditRule["watch"] = null;
  let permissions: string | null = null;
  for (const comparison of argumentsOf("-C")) fields.add(normalComparison(comparison));
  for (const field of argumentsOf("-F")) {
    const parsed = parseField(field);
    if (parsed === null) return null;
    const { name, operator, value } = parsed;
    if (name === "key") continue;
    if ((name === "path" || name === "dir") && operator === "=" && watch === null) {
      watch = { by: name, path: normalPath(value) };
    } else if (name === "perm" && operator === "=" && permissions === null) {
      permissions = permissionsOf(value);
      if (permissions === null) return null;
    } else fields.add(normalField(parsed));
  }
  return { ...place, syscalls: normalSyscalls(argumentsOf("-S")), watch, permissions, fields: [...fields].sort() };
}

const ruleOptions = new Set(["-a", "-A", "-w", "-p", "-k", "-S", "-F", "-C"]);
const lists = new Set(["task", "exit", "user", "exclude", "filesystem", "io_uring", "entry"]);
const actions = new Set(["always", "never", "possible"]);

/** `always,exit` and `exit,always` are the same. */
function listAndAction(text: string): { list: string; action: string } | null {
  const words = text.split(",");
  const list = words.find((word) => lists.has(word));
  const action = words.find((word) => actions.has(word));
  return words.length === 2 && list !== undefined && action !== undefined ? { list, action } : null;
}

function normalSyscalls(named: readonly string[]): readonly string[] | "all" {
  const names = [...new Set(named.flatMap((text) => text.split(",")).filter((name) => name !== ""))].sort();
  return names.length === 0 || names.includes("all") ? "all" : names;
}

/** Null when a letter is none of r, w, x, a. */
function permissionsOf(text: string): string | null {
  if (!/^[rwxa]+$/.test(text)) return null;
  return [..."rwxa"].filter((letter) => text.includes(letter)).join("");
}

/** No trailing or doubled slashes; links that every system of ours has are followed, /bin and /sbin among them. */
function normalPath(path: string): string {
  const clean = posix.normalize(path).replace(/(.)\/$/, "$1");
  return clean
    .replace(/^\/var\/run(?=\/|$)/, "/run")
    .replace(/^\/var\/lock(?=\/|$)/, "/run/lock")
    .replace(/^\/(bin|sbin|lib(?:32|64|x32)?)(?=\/|$)/, "/usr/$1");
}

interface Field {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
}

function parseField(text: string): Field | null {
  const match = /^([a-z][a-z0-9_]*)(!=|>=|<=|&=|=|>|<|&)(.+)$/i.exec(text);
  if (match === null) return null;
  const [, name = "", operator = "", value = ""] = match;
  return { name: normalName(name), operator, value };
}

function normalName(name: string): string {
  const lower = name.toLowerCase();
  return lower === "loginuid" ? "auid" : lower;
}

const idFields = /^(auid|uid|euid|suid|fsuid|obj_uid|gid|egid|sgid|fsgid|obj_gid|sessionid|ppid|pid)$/;

function normalField({ name, operator, value }: Field): string {
  if (idFields.test(name)) return normalIdField(name, operator, value);
  if (name === "arch") return `arch${operator}${wordSizes.get(value.toLowerCase()) ?? value}`;
  if (name === "exit") return `exit${operator}${exitCode(value)}`;
  if (name === "success") return `success${operator}${successes.get(value) ?? value}`;
  if (/^a[0-3]$/.test(name)) return `${name}${operator}${integer(value) ?? value}`;
  if (name === "exe") return `exe${operator}${normalPath(value)}`;
  return `${name}${operator}${value}`;
}

/** -1 and 4294967295 are "unset"; `>999` is `>=1000`, `<=999` is `<1000`. */
function normalIdField(name: string, operator: string, value: string): string {
  if (value === "unset" || value === "-1" || value === "4294967295") return `${name}${operator}unset`;
  const id = value === "root" ? "0" : integer(value);
  if (id === null) return `${name}${operator}${value}`;
  if (operator === ">") return `${name}>=${BigInt(id) + 1n}`;
  if (operator === "<=") return `${name}<${BigInt(id) + 1n}`;
  return `${name}${operator}${id}`;
}

const successes = new Map([
  ["yes", "1"],
  ["no", "0"],
]);

/** Machine names auditctl(8) takes for arch, by the size they mean. */
const wordSizes = new Map([
  ...["b64", "x86_64", "aarch64", "ppc64", "ppc64le", "s390x", "riscv64", "ia64"].map((name) => [name, "b64"] as const),
  ...["b32", "i386", "i486", "i586", "i686", "arm", "armeb", "armv5tejl", "armv7l", "ppc", "s390"].map(
    (name) => [name, "b32"] as const,
  ),
]);

/** As strtol(3) with base 0 reads it: 0x hexadecimal, leading 0 octal; null when it is no number. */
function integer(text: string): string | null {
  const match = /^(-?)(0x[0-9a-f]+|0[0-7]*|[1-9]\d*)$/i.exec(text);
  if (match === null) return null;
  const [, sign = "", digits = ""] = match;
  const value = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return String(sign === "-" ? -value : value);
}

function exitCode(value: string): string {
  const match = /^(-?)([A-Z][A-Z0-9]*)$/.exec(value);
  const code = match === null ? undefined : errorCodes.get(match[2] ?? "");
  return code === undefined ? (integer(value) ?? value) : `${match?.[1] ?? ""}${code}`;
}

/** errno(3) of Linux on the usual machines; a table of ours, since a server may judge on another system. */
const errorCodes = new Map(
  [
    ..."EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK".split(" "),
    ..."EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE".split(" "),
    ..."EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP".split(" "),
  ].map((name, index) => [name, index + 1]),
);

/** -C compares two of the process's ids; = and != say the same either way round, and auditctl prints its own order. */
function normalComparison(text: string): string {
  const match = /^([a-z_]+)(!=|=)([a-z_]+)$/i.exec(text);
  if (match === null) return `-C ${text}`;
  const [, left = "", operator = "", right = ""] = match;
  const [first = "", second = ""] = [normalName(left), normalName(right)].sort();
  return `-C ${first}${operator}${second}`;
}
