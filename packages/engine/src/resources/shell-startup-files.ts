import { expandWhole } from "../glob.ts";
import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** One simple command of a startup file, without comments, e.g. "readonly TMOUT=900". */
export interface ShellStatement {
  readonly text: string;
  /** e.g. "/etc/profile.d/timeout.sh". */
  readonly path: string;
  /** e.g. "/etc/profile.d/timeout.sh:3". */
  readonly source: string;
}

const patterns = ["/etc/profile", "/etc/profile.d/*.sh", "/etc/bash.bashrc", "/etc/bashrc"];

/**
 * What the startup files of all users' shells say, in the order of files and lines. Commands under a condition count
 * as if they ran: a person may meet it. @see bash(1), "INVOCATION"
 *
 * @throws UnreadableError
 */
export function readShellStartup(host: Host): Promise<readonly ShellStatement[]> {
  return derivedOnce(host, "shell startup", async () => {
    const found = await Promise.all(patterns.map((pattern) => expandWhole(host, pattern)));
    const paths = found.flat();
    const texts = await Promise.all(paths.map((path) => host.readText(path)));
    return paths.flatMap((path, index) => shellStatements(texts[index] ?? "", path));
  });
}

/** Splits at ; & | ( ) { } and the words that open or close a block, outside quotes; a `#` at a word's start ends its line. */
export function shellStatements(text: string, path: string): ShellStatement[] {
  return text
    .replaceAll(/\\\n/g, " \n")
    .split("\n")
    .flatMap((line, index) =>
      commandsOf(line).map((command) => ({ text: command, path, source: `${path}:${index + 1}` })),
    );
}

function commandsOf(line: string): string[] {
  const pieces = line.match(/"(?:\\.|[^"\\])*"|'[^']*'|\\.|[;&|(){}]|[^\s;&|(){}"'\\]+|\s+|["'\\]/g) ?? [];
  const commands: string[] = [];
  let command = "";
  let startsWord = true;
  for (const piece of pieces) {
    if (startsWord && piece.startsWith("#")) break;
    if (/^[;&|(){}]$/.test(piece)) {
      commands.push(command);
      command = "";
    } else command += piece;
    startsWord = /^[\s;&|(){}]/.test(piece);
  }
  return [...commands, command]
    .map((text) => text.trim().replace(/^(?:(?:then|do|else|if|elif|while|!|builtin|command)\s+)+/, ""))
    .filter((text) => text !== "");
}
