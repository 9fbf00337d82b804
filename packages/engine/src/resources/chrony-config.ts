import { expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import { builtInDefault, type SingleValue } from "./single-value.ts";

export interface ChronySource {
  readonly directive: "server" | "pool" | "peer";
  readonly name: string;
  /** e.g. "/etc/chrony/chrony.conf:12". */
  readonly source: string;
}

export interface ChronyConfig {
  readonly sources: readonly ChronySource[];
  /** The user that chronyd changes to. */
  readonly user: SingleValue;
}

interface Directive {
  readonly name: string;
  readonly words: readonly string[];
  readonly source: string;
}

/** As chronyd. */
const maxDepth = 10;
const maxFiles = 500;

/**
 * What chronyd is told by its command line, its file and all files that includes, in order. @see chrony.conf(5), chronyd(8)
 * @throws UnreadableError
 */
export async function readChronyConfig(host: Host): Promise<ChronyConfig> {
  const { path, user: userOption } = await readOptions(host);
  const directives = await readDirectives(host, path);
  const sources = directives.flatMap(({ name, words, source }): ChronySource[] => {
    const [server] = words;
    const directive = (["server", "pool", "peer"] as const).find((known) => known === name);
    return directive === undefined || server === undefined ? [] : [{ directive, name: server, source }];
  });
  const last = directives.findLast(({ name, words }) => name === "user" && words.length > 0);
  const { id, idLike } = await host.platform();
  const isDebian = id === "debian" || idLike.includes("debian");
  const configured = last === undefined ? null : { value: last.words[0] ?? "", source: last.source };
  return {
    sources,
    user: userOption ?? configured ?? { value: isDebian ? "_chrony" : "chrony", source: builtInDefault },
  };
}

/** What the unit's environment file gives on the command line: `-u` wins over the file's `user`, `-f` names another file. */
async function readOptions(host: Host): Promise<{ path: string; user: SingleValue | null }> {
  let user: SingleValue | null = null;
  let path = (await host.stat("/etc/chrony/chrony.conf")) === null ? "/etc/chrony.conf" : "/etc/chrony/chrony.conf";
  for (const file of ["/etc/default/chrony", "/etc/sysconfig/chronyd"]) {
    for (const [index, line] of ((await host.readText(file)) ?? "").split("\n").entries()) {
      const options = /^\s*(?:DAEMON_OPTS|OPTIONS)=["']?([^"']*)/.exec(line)?.[1];
      const userName = /(?:^|\s)-u\s*(\S+)/.exec(options ?? "")?.[1];
      const otherPath = /(?:^|\s)-f\s*(\/\S+)/.exec(options ?? "")?.[1];
      if (userName !== undefined) user = { value: userName, source: `${file}:${index + 1}` };
      if (otherPath !== undefined) path = otherPath;
    }
  }
  return { path, user };
}

async function readDirectives(host: Host, main: string): Promise<Directive[]> {
  const directives: Directive[] = [];
  let files = 0;
  async function readFile(path: string, depth: number): Promise<void> {
    files += 1;
    if (depth > maxDepth || files > maxFiles)
      throw new UnreadableError("too_large", `${main}: too many nested includes`);
    for (const [index, line] of ((await host.readText(path)) ?? "").split("\n").entries()) {
      // A line is a comment by its first character only; later ones belong to the directive.
      const [name = "", ...words] = line.trim().split(/\s+/);
      if (name === "" || /^[!;#%]/.test(name)) continue;
      const directive = { name: name.toLowerCase(), words, source: `${path}:${index + 1}` };
      directives.push(directive);
      for (const included of await includedBy(host, directive)) await readFile(included, depth + 1);
    }
  }
  await readFile(main, 0);
  return directives;
}

async function includedBy(host: Host, { name, words }: Directive): Promise<readonly string[]> {
  const paths = words.filter((word) => word.startsWith("/"));
  if (name === "include") return (await Promise.all(paths.map((path) => expandWhole(host, path)))).flat();
  const suffix = name === "confdir" ? ".conf" : name === "sourcedir" ? ".sources" : null;
  if (suffix === null) return [];
  const byName = new Map<string, string>();
  for (const directory of paths) {
    for (const file of (await host.list(directory)) ?? [])
      if (file.endsWith(suffix) && !byName.has(file)) byName.set(file, `${directory.replace(/\/$/, "")}/${file}`);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}
