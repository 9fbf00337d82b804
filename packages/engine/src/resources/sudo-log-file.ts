import { posix } from "node:path";
import type { Host } from "../host.ts";

const maxFiles = 200;

/**
 * Where sudo writes its own log: the last unscoped `Defaults logfile=`; null when none is set or it is switched off.
 * @see sudoers(5)
 * @throws UnreadableError
 */
export async function readSudoLogFile(host: Host): Promise<string | null> {
  let logFile: string | null = null;
  let filesRead = 0;
  async function readFile(path: string): Promise<void> {
    filesRead += 1;
    if (filesRead > maxFiles) return;
    for (const line of logicalLines((await host.readText(path)) ?? "")) {
      const include = /^[@#](include|includedir)\s+(?=\S)"?([^"]+)"?$/.exec(line);
      if (include !== null) await readIncluded(include[1] === "includedir", posix.resolve("/etc", include[2] ?? ""));
      else logFile = logFileAfter(line, logFile);
    }
  }
  async function readIncluded(isDirectory: boolean, path: string): Promise<void> {
    if (!isDirectory) return readFile(path);
    const names = ((await host.list(path)) ?? []).filter((name) => !name.includes(".") && !name.endsWith("~"));
    for (const name of names) await readFile(`${path}/${name}`);
  }
  await readFile("/etc/sudoers");
  return logFile;
}

function logicalLines(text: string): string[] {
  return text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => line.trim());
}

function logFileAfter(line: string, before: string | null): string | null {
  const settings = /^Defaults\s+(.*)$/.exec(line)?.[1];
  if (settings === undefined) return before;
  let after = before;
  for (const [, not, quoted, plain] of settings.matchAll(
    /(?<=^|[\s,])(!\s*)?logfile(?:\s*=\s*(?:"([^"]*)"|([^\s,"#]+)))?/g,
  )) {
    if (not !== undefined) after = null;
    else after = quoted ?? plain ?? after;
  }
  return after === "" ? null : after;
}
