import { readDropInFiles } from "../drop-in-files.ts";
import type { Host } from "../host.ts";
import { parseIniFile } from "./ini-file.ts";
import { findUnitFile, unitDirectories } from "./unit-files.ts";

/** A program that a service runs. */
export interface UnitCommand {
  /** Without the marks before it, such as "-" or "@". */
  readonly path: string;
  /** Split at blanks; quotes are left as they are. */
  readonly arguments: readonly string[];
}

const startKeys = ["ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost"];

/**
 * What a service runs when it starts, its drop-ins included; an empty assignment takes back those before it. Empty when
 * nothing defines the unit, or it is masked. @see systemd.service(5)
 *
 * @throws UnreadableError
 */
export async function readUnitCommands(host: Host, unit: string): Promise<readonly UnitCommand[]> {
  const file = await findUnitFile(host, unit);
  if (file?.found !== "file") return [];
  const dropIns = await readDropInFiles(
    host,
    unitDirectories.map((directory) => `${directory}/${unit}.d`),
  );
  const commands = new Map<string, string[]>();
  for (const { path, text } of [file, ...dropIns]) {
    for (const { section, key, value } of parseIniFile(path, text, true)) {
      if (section !== "Service" || !startKeys.includes(key)) continue;
      commands.set(key, value === "" ? [] : [...(commands.get(key) ?? []), value]);
    }
  }
  return startKeys.flatMap((key) => (commands.get(key) ?? []).map(parseCommand));
}

function parseCommand(line: string): UnitCommand {
  const [path = "", ...args] = line
    .replace(/^[-@:+!|]+/, "")
    .trim()
    .split(/\s+/);
  return { path, arguments: args };
}
