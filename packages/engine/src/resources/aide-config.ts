import { expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

export interface AideRule {
  readonly selection: "include" | "equals" | "exclude";
  readonly pattern: string;
  /** File types it is limited to, e.g. "f"; null: all. */
  readonly restriction: string | null;
  /** Sorted, groups resolved. */
  readonly attributes: readonly string[];
  readonly source: string;
}

export interface AideConfig {
  /** The file that was read first; null when there is none. */
  readonly path: string | null;
  /** In order. */
  readonly rules: readonly AideRule[];
  /** Included programs, whose output is not known. */
  readonly executed: readonly string[];
}

const maxDepth = 16;
const maxFiles = 2000;

/**
 * AIDE's selection lines with macros, includes and groups resolved. Once per host. @see aide.conf(5)
 * @throws UnreadableError
 */
export function readAideConfig(host: Host): Promise<AideConfig> {
  return derivedOnce(host, "aide config", async () => {
    for (const path of ["/etc/aide/aide.conf", "/etc/aide.conf"]) {
      const text = await host.readText(path);
      if (text === null) continue;
      const reading = new AideReading(host);
      await reading.readText(path, text, 0);
      return { path, rules: reading.rules, executed: reading.executed.sort() };
    }
    return { path: null, rules: [], executed: [] };
  });
}

const builtIn: Readonly<Record<string, readonly string[]>> = {
  E: [],
  H: [
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "rmd160",
    "tiger",
    "haval",
    "crc32",
    "gost",
    "whirlpool",
    "stribog256",
    "stribog512",
  ],
  L: ["p", "ftype", "i", "l", "n", "u", "g", "X"],
  R: ["p", "ftype", "i", "l", "n", "u", "g", "s", "m", "c", "md5", "X"],
  X: ["acl", "selinux", "xattrs", "e2fsattrs", "caps"],
  ">": ["p", "ftype", "l", "u", "g", "i", "n", "s", "growing", "X"],
};

class AideReading {
  readonly rules: AideRule[] = [];
  readonly executed: string[] = [];
  readonly #host: Host;
  readonly #groups = new Map<string, ReadonlySet<string>>();
  readonly #variables = new Map<string, string>();
  #filesRead = 0;

  constructor(host: Host) {
    this.#host = host;
    for (const name of ["E", "H", "X", "L", "R", ">"]) this.#groups.set(name, this.#resolve(builtIn[name] ?? []));
  }

  async readText(path: string, text: string, depth: number): Promise<void> {
    this.#filesRead += 1;
    if (depth > maxDepth || this.#filesRead > maxFiles)
      throw new UnreadableError("too_large", `${path}: too many nested includes`);
    /** Whether each open @@if holds. */
    const open: boolean[] = [];
    for (const [index, raw] of text.split("\n").entries()) {
      const line = this.#substituted(raw.trim());
      if (line === "" || line.startsWith("#")) continue;
      if (!line.startsWith("@@")) {
        if (open.every(Boolean)) this.#line(line, `${path}:${index + 1}`);
        continue;
      }
      const [macro = "", ...words] = line.slice(2).trim().split(/\s+/);
      if (/^if/.test(macro)) open.push(await this.#holds(macro, words));
      else if (macro === "else") open.push(!(open.pop() ?? false));
      else if (macro === "endif") open.pop();
      else if (open.every(Boolean)) await this.#macro(macro, words, depth);
    }
  }

  async #macro(macro: string, words: readonly string[], depth: number): Promise<void> {
    const [name = "", ...rest] = words;
    if (macro === "define") this.#variables.set(name, rest.join(" "));
    else if (macro === "undef") this.#variables.delete(name);
    else if (/^(?:x_)?include$/.test(macro)) {
      for (const path of await this.#included(name, rest[0])) {
        const mode = (await this.#host.stat(path))?.mode ?? 0;
        if (macro === "x_include" && (mode & 0o111) !== 0) this.executed.push(path);
        else await this.readText(path, (await this.#host.readText(path)) ?? "", depth + 1);
      }
    }
  }

  /** One file, or the files of a directory whose names a regular expression matches, sorted. */
  async #included(path: string, names: string | undefined): Promise<readonly string[]> {
    if (!path.startsWith("/")) return [];
    if (names === undefined) return (await this.#host.stat(path))?.type === "file" ? [path] : [];
    const matches = patternOf(names);
    const paths = await expandWhole(this.#host, `${path.replace(/\/$/, "")}/*`);
    return paths.filter((file) => matches?.test(file.slice(file.lastIndexOf("/") + 1)));
  }

  /** What cannot be decided, such as a version, counts as false. */
  async #holds(macro: string, words: readonly string[]): Promise<boolean> {
    const negated = macro === "ifndef" || macro === "ifnhost" || words[0] === "not";
    const [first = "", second = ""] = words[0] === "not" ? words.slice(1) : words;
    const [test, name] = macro === "if" ? [first, second] : [macro.replace(/^ifn?/, ""), first];
    if (test === "def" || test === "defined") return this.#variables.has(name) !== negated;
    if (test === "host" || test === "hostname") return (this.#host.hostname === name) !== negated;
    if (test === "exists") return ((await this.#host.stat(name)) !== null) !== negated;
    return false;
  }

  #substituted(line: string): string {
    return line.replaceAll(/@@\{(\w+)\}/g, (_, name: string) => this.#variables.get(name) ?? "");
  }

  #line(line: string, source: string): void {
    const [, group, expression = ""] = /^([A-Za-z][A-Za-z0-9_]*)\s*=\s*([^#]*)/.exec(line) ?? [];
    if (group !== undefined) {
      this.#groups.set(group, this.#expression(expression));
      return;
    }
    // A pattern has its spaces escaped.
    const words = line.match(/(?:\\.|[^\s\\])+/g) ?? [];
    const [, sign = "", pattern = ""] = /^([!=]?)(\/.*)$/.exec(words[0] ?? "") ?? [];
    const comment = words.findIndex((word) => word.startsWith("#"));
    const rest = comment === -1 ? words.slice(1) : words.slice(1, comment);
    if (pattern === "") return;
    const selection = sign === "!" ? "exclude" : sign === "=" ? "equals" : "include";
    const isRestricted = selection === "exclude" ? rest.length > 0 : rest.length > 1;
    const restriction = isRestricted && rest[0] !== "0" ? (rest[0] ?? null) : null;
    const attributes = selection === "exclude" ? [] : [...this.#expression(rest.at(-1) ?? "")].sort();
    this.rules.push({ selection, pattern, restriction, attributes, source });
  }

  /** `p+u-md5`: names added and taken away in turn. */
  #expression(text: string): ReadonlySet<string> {
    const attributes = new Set<string>();
    for (const [, sign, name = ""] of text.trim().matchAll(/([+-]?)\s*([^\s+-]+)/g)) {
      for (const attribute of this.#groups.get(name) ?? [name]) {
        if (sign === "-") attributes.delete(attribute);
        else attributes.add(attribute);
      }
    }
    return attributes;
  }

  #resolve(names: readonly string[]): ReadonlySet<string> {
    return new Set(names.flatMap((name) => [...(this.#groups.get(name) ?? [name])]));
  }
}

/**
 * The rule that a regular file falls under; null when none selects it. A rule that excludes wins; then the one whose fixed
 * beginning names the most directories, `=` before others, the first in the file. @see aide.conf(5), "RULES"
 */
export function findAideRule(rules: readonly AideRule[], path: string): AideRule | null {
  const matching = rules.filter((rule) => matchesFile(rule, path));
  if (matching.some(({ selection }) => selection === "exclude")) return null;
  const rank = ({ pattern, selection }: AideRule) => 2 * fixedDepth(pattern) + (selection === "equals" ? 1 : 0);
  return [...matching].sort((a, b) => rank(b) - rank(a))[0] ?? null;
}

/** A pattern is bound to the path's beginning only, except for `=`. */
function matchesFile({ selection, pattern, restriction }: AideRule, path: string): boolean {
  if (restriction !== null && !restriction.split(/[,=]/).includes("f")) return false;
  return patternOf(`^(?:${pattern})${selection === "equals" ? "$" : ""}`)?.test(path) ?? false;
}

function fixedDepth(pattern: string): number {
  const fixed = pattern.slice(0, pattern.search(/[\\^$.|?*+()[\]{}]|$/));
  return fixed.split("/").length - 1;
}

const patterns = new Map<string, RegExp | null>();

/** Null for what is no regular expression here, or repeats a repetition: AIDE's own syntax (PCRE) is nearly the same. */
function patternOf(text: string): RegExp | null {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  let made: RegExp | null = null;
  try {
    if (!/[*+}]\)[*+{]/.test(text)) made = new RegExp(text);
  } catch {
    made = null;
  }
  if (patterns.size > 10_000) patterns.clear();
  patterns.set(text, made);
  return made;
}
