import { posix } from "node:path";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** One logical line of sudoers(5): continuations joined, comments gone, never blank. */
export interface SudoersLine {
  readonly text: string;
  /** `/etc/sudoers:12`: where it begins. */
  readonly source: string;
}

const sudoersPath = "/etc/sudoers";
/** As in sudo: deeper includes are refused. */
const maxDepth = 128;
const maxFiles = 1000;

/**
 * Every line sudo reads, in order, includes resolved in place; empty when there is no /etc/sudoers.
 * @see sudoers(5), "Including other files from within sudoers"
 * @throws UnreadableError
 */
export function readSudoers(host: Host): Promise<readonly SudoersLine[]> {
  return derivedOnce(host, "sudoers", async () => {
    const lines: SudoersLine[] = [];
    let files = 0;
    await readFile(sudoersPath, 0);
    return lines;

    async function readFile(path: string, depth: number): Promise<void> {
      files += 1;
      if (depth > maxDepth)
        throw new UnreadableError("invalid", `${sudoersPath}: files include each other without end`);
      if (files > maxFiles) throw new UnreadableError("too_large", `${sudoersPath} includes over ${maxFiles} files`);
      for (const line of sudoersLines(path, (await host.readText(path)) ?? "")) {
        const include = /^[#@](include|includedir)[ \t]+(.+)$/s.exec(line.text);
        if (include === null) lines.push(line);
        else await readIncluded(include[1] === "includedir", includedPath(include[2] ?? "", path, host), depth + 1);
      }
    }

    async function readIncluded(isDirectory: boolean, path: string, depth: number): Promise<void> {
      if (!isDirectory) return readFile(path, depth);
      for (const name of (await host.list(path)) ?? []) {
        if (name.includes(".") || name.endsWith("~")) continue;
        const file = `${path}/${name}`;
        if ((await host.stat(file))?.type === "file") await readFile(file, depth);
      }
    }
  });
}

/** Quotes and backslashes taken off, `%h` replaced, made absolute as seen from the including file. */
function includedPath(text: string, from: string, host: Host): string {
  const plain = /^"([^"]*)"/.exec(text)?.[1] ?? (/^(?:\\.|[^\s\\])+/.exec(text)?.[0] ?? "").replaceAll(/\\(.)/g, "$1");
  const [shortName = ""] = host.hostname.split(".");
  return posix.resolve(posix.dirname(from), plain.replaceAll("%h", shortName));
}

/**
 * The logical lines of one file. A comment ends with its line, also when that ends in a backslash; `#` begins none
 * inside quotes, behind a backslash, before a number (a user id), and in `#include` and `#includedir`.
 */
export function sudoersLines(path: string, text: string): SudoersLine[] {
  const lines: SudoersLine[] = [];
  let parts: string[] = [];
  let beganAt = 0;
  let isQuoted = false;
  const finish = (): void => {
    const joined = parts.join(" ").trim();
    if (joined !== "") lines.push({ text: joined, source: `${path}:${beganAt}` });
    parts = [];
    isQuoted = false;
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (parts.length === 0) beganAt = index + 1;
    const isInclude = parts.length === 0 && /^\s*#(include|includedir)\s/.test(raw);
    const read: PhysicalLine = isInclude ? { content: raw, ends: "line", isQuoted } : readPhysicalLine(raw, isQuoted);
    parts.push(read.content);
    isQuoted = read.isQuoted;
    if (read.ends === "line") finish();
  }
  finish();
  return lines;
}

interface PhysicalLine {
  readonly content: string;
  readonly ends: "line" | "continued";
  /** Whether a quote is still open at its end. */
  readonly isQuoted: boolean;
}

/** A line up to its comment, or to the backslash that continues it. */
function readPhysicalLine(line: string, quotedBefore: boolean): PhysicalLine {
  let isQuoted = quotedBefore;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === "\\" && at === line.length - 1)
      return { content: line.slice(0, at), ends: "continued", isQuoted };
    if (character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (character === "#" && !isQuoted && !/^-?\d/.test(line.slice(at + 1, at + 3)))
      return { content: line.slice(0, at), ends: "line", isQuoted };
  }
  return { content: line, ends: "line", isQuoted };
}
