import { expandWhole } from "../glob.ts";
import type { Host } from "../host.ts";
import { readLoginDefs } from "./login-defs.ts";

/** One entry of a search path, and the line that puts it there. */
export interface PathEntry {
  /** As written, variables replaced; may be empty, relative or absent. */
  readonly directory: string;
  readonly source: string;
}

export interface RootPath {
  readonly entries: readonly PathEntry[];
  /** Lines that set it to what only a shell can work out. */
  readonly unresolved: readonly string[];
}

/** login(1) and su(1) without ENV_SUPATH. */
const loginDefault = "/sbin:/bin:/usr/sbin:/usr/bin";

/**
 * What root's search path may hold in a login shell of bash's: from login.defs, /etc/environment and the startup files, in
 * that order, where each value replaces the one before. Branches for other users are left out; other conditions count as
 * met, so that every value that may come out is there. @see login.defs(5), pam_env(8), bash(1) "INVOCATION"
 *
 * @throws UnreadableError
 */
export async function readRootPath(host: Host, home: string): Promise<RootPath> {
  const walk = new PathWalk(host, home);
  const setting = (await readLoginDefs(host)).get("ENV_SUPATH");
  walk.set(setting?.value?.replace(/^PATH=/, "") ?? loginDefault, setting?.source ?? "built-in default");
  walk.readEnvironment("/etc/environment", (await host.readText("/etc/environment")) ?? "");
  const profiles = await expandWhole(host, "/etc/profile.d/*.sh");
  await walk.readScript("/etc/profile");
  for (const path of profiles) await walk.readScript(path);
  // bash reads the first that is there.
  for (const name of [".bash_profile", ".bash_login", ".profile"]) {
    if (await walk.readScript(`${home}/${name}`)) break;
  }
  await walk.readScript("/etc/bash.bashrc");
  // Other than the file above, no bash is built to read this one: where it counts, another file names it.
  const readers = ["/etc/profile", ...profiles, `${home}/.bash_profile`, `${home}/.profile`, `${home}/.bashrc`];
  if (await isAnySourcing(host, readers, "/etc/bashrc")) await walk.readScript("/etc/bashrc");
  await walk.readScript(`${home}/.bashrc`);
  return { entries: walk.all(), unresolved: walk.unresolved };
}

async function isAnySourcing(host: Host, scripts: readonly string[], sourced: string): Promise<boolean> {
  const texts = await Promise.all(scripts.map((path) => host.readText(path)));
  const lines = texts.flatMap((text) => (text ?? "").split("\n").map((line) => line.replace(/(?:^|\s)#.*$/, "")));
  return lines.some((line) => /(?:^|[\s;&|])(?:\.|source)\s+\S/.test(line) && line.includes(sourced));
}

class PathWalk {
  readonly unresolved: string[] = [];
  readonly #host: Host;
  readonly #home: string;
  #current: readonly PathEntry[] = [];
  /** Values that a later assignment may or may not replace. */
  #possible: PathEntry[] = [];

  constructor(host: Host, home: string) {
    this.#host = host;
    this.#home = home;
  }

  all(): PathEntry[] {
    const byDirectory = new Map([...this.#possible, ...this.#current].map((entry) => [entry.directory, entry]));
    return [...byDirectory.values()];
  }

  set(value: string, source: string, isCertain = true): void {
    const before = this.#current.map(({ directory }) => directory).join(":");
    const expanded = value
      .replaceAll(/\$(?:PATH\b|\{PATH(?::?[+-][^}]*)?\})/g, before)
      .replaceAll(/\$(?:HOME\b|\{HOME\})|(?<=^|:)~(?=\/|:|$)/g, this.#home);
    if (!isCertain) this.#possible.push(...this.#current);
    const known = new Map(this.#current.map((entry) => [entry.directory, entry]));
    this.#current = expanded.split(":").flatMap((directory) => {
      if (/[$`]/.test(directory)) {
        this.unresolved.push(source);
        return [];
      }
      return [known.get(directory) ?? { directory, source }];
    });
  }

  readEnvironment(path: string, text: string): void {
    for (const [index, line] of text.split("\n").entries()) {
      const value = /^\s*(?:export\s+)?PATH=(["']?)(.*?)\1\s*$/.exec(line)?.[2];
      if (value !== undefined) this.set(value, `${path}:${index + 1}`);
    }
  }

  /** Whether the file is there. */
  async readScript(path: string): Promise<boolean> {
    const text = await this.#host.readText(path);
    if (text === null) return false;
    /** Of each open `if`: whether its present branch is root's; "maybe" where that is not known. */
    const branches: (true | false | "maybe")[] = [];
    let functionDepth = 0;
    for (const [index, raw] of text.split("\n").entries()) {
      const line = raw.replace(/(?:^|\s)#.*$/, "").trim();
      const source = `${path}:${index + 1}`;
      if (/^(?:function\s+)?[\w-]+\s*\(\)/.test(line) || functionDepth > 0) {
        functionDepth += line.split("{").length - line.split("}").length;
        continue;
      }
      const condition = /(?:^|[;&|\s])if\s+(.*?)(?:;?\s*then\b.*)?$/.exec(line)?.[1];
      if (condition !== undefined) branches.push(await this.#holds(condition));
      else if (/^elif\b/.test(line)) branches.push(negated(branches.pop() ?? "maybe") === false ? false : "maybe");
      else if (/^else\b/.test(line)) branches.push(negated(branches.pop() ?? "maybe"));
      const isReached = !branches.includes(false);
      if (isReached) this.#statement(line, source, !branches.includes("maybe"));
      if (/(?:^|[;\s])fi\b/.test(line)) branches.pop();
    }
    return true;
  }

  #statement(line: string, source: string, isCertain: boolean): void {
    for (const [, plus, double, single, bare] of line.matchAll(
      /(?<![\w$])PATH(\+?)=(?:"((?:\\.|[^"\\])*)"|'([^']*)'|((?:\\.|\$\{[^}]*\}|\$\([^)]*\)|[^\s;&|#"'\\])*))/g,
    )) {
      const value = double ?? single ?? bare ?? "";
      this.set(plus === "+" ? `$PATH${value}` : value, source, isCertain);
    }
    // Red Hat's function of /etc/profile.
    const [, directory, place] = /(?:^|[;&|\s])pathmunge\s+(\S+)(?:\s+(after))?/.exec(line) ?? [];
    if (directory !== undefined)
      this.set(place === undefined ? `${directory}:$PATH` : `$PATH:${directory}`, source, isCertain);
  }

  /** Tests of the user's number, and for a directory, are decided; any other may be met or not. */
  async #holds(condition: string): Promise<true | false | "maybe"> {
    const [, operator = "", number = ""] =
      /(?:id\s+-r?u\)?|\$\{?E?UID\}?)["`)\s]*\s*(-eq|-ne|-gt|-ge|-lt|=|==|!=)\s*["']?(\d+)/.exec(condition) ?? [];
    if (operator !== "" && !/&&|\|\|/.test(condition)) {
      const other = Number(number);
      const holds = {
        "-eq": other === 0,
        "=": other === 0,
        "==": other === 0,
        "-ge": other === 0,
        "-lt": other > 0,
        "-gt": false,
      };
      return Object.hasOwn(holds, operator) ? holds[operator as keyof typeof holds] : other !== 0;
    }
    const directory = /^(?:\[|test)\s+-d\s+"?([^"\s\]]+)"?\s*(?:\])?$/.exec(condition.trim())?.[1];
    const path = directory?.replace(/^(?:\$\{?HOME\}?|~)(?=\/|$)/, this.#home);
    if (path === undefined || !path.startsWith("/") || path.includes("$")) return "maybe";
    return (await this.#host.stat(path))?.type === "directory";
  }
}

function negated(branch: true | false | "maybe"): true | false | "maybe" {
  return branch === "maybe" ? "maybe" : !branch;
}
