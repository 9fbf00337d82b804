import { readDropInFiles } from "../drop-in-files.ts";
import { componentMatcher } from "../glob.ts";
import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { moduleName } from "./modules-on-disk.ts";

/** A line of modprobe.d(5) that is about modules: the words after the command, and `file:line`. */
interface ModprobeLine {
  readonly module: string;
  readonly rest: string;
  readonly source: string;
}

/** The `install` and `blacklist` commands in the order modprobe reads them. */
interface ModprobeConfig {
  readonly install: readonly ModprobeLine[];
  readonly blacklist: readonly ModprobeLine[];
}

/** What modprobe.d(5) says of one module. */
export interface ModuleRules {
  /** The command run instead of loading it; null when there is none. */
  readonly install: string | null;
  readonly denylisted: boolean;
  /** Of the install command, else of the blacklist line; null when there is neither. */
  readonly source: string | null;
}

const directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map(
  (directory) => `${directory}/modprobe.d`,
);

/** @throws UnreadableError when a file of modprobe.d(5) cannot be read. */
export async function readModuleRules(host: Host, name: string): Promise<ModuleRules> {
  const { install, blacklist } = await derivedOnce(host, "modprobe.d", () => readConfig(host));
  const wanted = moduleName(name);
  // The first install command whose pattern fits is the one modprobe runs.
  const command = install.find((line) => line.module === wanted || componentMatcher(line.module)(wanted));
  const denied = blacklist.find((line) => line.module === wanted);
  return {
    install: command?.rest ?? null,
    denylisted: denied !== undefined,
    source: command?.source ?? denied?.source ?? null,
  };
}

async function readConfig(host: Host): Promise<ModprobeConfig> {
  const config = { install: [] as ModprobeLine[], blacklist: [] as ModprobeLine[] };
  for (const { path, text } of await readDropInFiles(host, directories)) {
    for (const { content, number } of logicalLines(text)) {
      const [command = "", module = "", ...rest] = content.trim().split(/\s+/);
      if (module === "" || (command !== "install" && command !== "blacklist")) continue;
      config[command].push({ module: moduleName(module), rest: rest.join(" "), source: `${path}:${number}` });
    }
  }
  return config;
}

/** Lines with their continuations (a backslash before the line's end), comments left out; numbered by their first line. */
function* logicalLines(text: string): Generator<{ content: string; number: number }> {
  let content = "";
  let number = 1;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (content === "") number = index + 1;
    if (line.endsWith("\\")) {
      content += `${line.slice(0, -1)} `;
      continue;
    }
    content += line;
    if (!content.trimStart().startsWith("#")) yield { content, number };
    content = "";
  }
  if (content !== "" && !content.trimStart().startsWith("#")) yield { content, number };
}
