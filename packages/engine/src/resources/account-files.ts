import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

export interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  /** Empty means /bin/sh. */
  readonly shell: string;
  /** "x": the hash is in /etc/shadow. "other": anything else, never the text itself. */
  readonly passwordField: "x" | "empty" | "other";
}

export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** A line that is not as its man page has it. Its text is not kept: it may hold a hash. */
export interface MalformedLine {
  readonly file: string;
  readonly line: number;
}

export interface AccountFile<Entry> {
  readonly entries: readonly Entry[];
  readonly malformed: readonly MalformedLine[];
}

/**
 * An account file's entries in order. Blank lines and comments are skipped, as the C library does.
 *
 * @param parse gives null for a malformed line.
 * @throws UnreadableError, also when the file is absent: every system has it.
 */
export function readAccountFile<Entry>(
  host: Host,
  path: string,
  parse: (fields: readonly string[]) => Entry | null,
): Promise<AccountFile<Entry>> {
  return derivedOnce(host, `account file ${path}`, async () => {
    const text = await host.readText(path);
    if (text === null) throw new UnreadableError("invalid", `there is no ${path}`);
    const entries: Entry[] = [];
    const malformed: MalformedLine[] = [];
    for (const [index, line] of text.split("\n").entries()) {
      if (line.trim() === "" || line.startsWith("#")) continue;
      const entry = parse(line.split(":"));
      if (entry === null) malformed.push({ file: path, line: index + 1 });
      else entries.push(entry);
    }
    return { entries, malformed };
  });
}

/** @see passwd(5) */
export function parsePasswdLine(fields: readonly string[]): PasswdEntry | null {
  const [name = "", password = "", uidText = "", gidText = "", , home = "", shell = ""] = fields;
  const [uid, gid] = [parseId(uidText), parseId(gidText)];
  if (fields.length !== 7 || !isName(name) || uid === null || gid === null) return null;
  const passwordField = password === "x" ? "x" : password === "" ? "empty" : "other";
  return { name, uid, gid, home, shell, passwordField };
}

/** @see group(5) */
export function parseGroupLine(fields: readonly string[]): GroupEntry | null {
  const [name = "", , gidText = "", list = ""] = fields;
  const gid = parseId(gidText);
  if (fields.length !== 4 || !isName(name) || gid === null) return null;
  return {
    name,
    gid,
    members: list
      .split(",")
      .map((member) => member.trim())
      .filter((member) => member !== ""),
  };
}

/** Not empty, no white space or control characters, and none of the old "+" and "-" entries of NIS. */
export function isName(text: string): boolean {
  return /^[^\s+\p{Cc}-][^\s\p{Cc}]*$/u.test(text);
}

function parseId(text: string): number | null {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : null;
  return id !== null && id <= 0xffff_ffff ? id : null;
}

/** The shells of /etc/shells, in order; those of the C library when the file is absent. @see shells(5), getusershell(3) */
export async function readShells(host: Host): Promise<readonly string[]> {
  const text = await host.readText("/etc/shells");
  if (text === null) return ["/bin/sh", "/bin/csh"];
  return text
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line.startsWith("/"));
}

/**
 * Whether an account with this shell can work at a prompt: an empty one means /bin/sh, else it must be in /etc/shells.
 * /bin and /usr/bin are one directory on current systems. nologin and false never are shells, though some list them.
 */
export function isLoginShell(shell: string, shells: readonly string[]): boolean {
  if (shell === "") return true;
  if (/\/(nologin|false)$/.test(shell)) return false;
  return shells.some((known) => mergedPath(known) === mergedPath(shell));
}

function mergedPath(path: string): string {
  return path.replace(/^\/usr(?=\/s?bin\/)/, "");
}
