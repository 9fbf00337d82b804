/** One assignment of an ini-like file. */
export interface IniAssignment {
  /** Empty for what stands before the first section. */
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** e.g. `/etc/systemd/journald.conf:12`. */
  readonly source: string;
}

/**
 * The assignments of an ini-like file, in order: `[section]`, `key = value`, lines of `#` or `;` are comments. Names are
 * case-sensitive; quotes are part of a value. A line without "=" is a key with an empty value.
 *
 * @param continued whether a backslash at a line's end continues it, as in systemd.syntax(7).
 */
export function parseIniFile(path: string, text: string, continued: boolean): IniAssignment[] {
  const assignments: IniAssignment[] = [];
  let section = "";
  for (const { line, number } of logicalLines(text, continued)) {
    const header = /^\[([^\]]*)\]$/.exec(line);
    if (header !== null) {
      section = header[1] ?? "";
      continue;
    }
    const [, key = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(line) ?? [];
    if (key.trim() !== "")
      assignments.push({ section, key: key.trim(), value: value.trim(), source: `${path}:${number}` });
  }
  return assignments;
}

/** Lines without comments and blank ones, continuations joined by a space, comments between them left out. */
function* logicalLines(text: string, continued: boolean): Generator<{ line: string; number: number }> {
  let parts: string[] = [];
  let beganAt = 0;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (/^[#;]/.test(line) || (parts.length === 0 && line === "")) continue;
    if (parts.length === 0) beganAt = index + 1;
    if (continued && line.endsWith("\\")) {
      parts.push(line.slice(0, -1).trimEnd());
      continue;
    }
    yield { line: [...parts, line].join(" ").trim(), number: beganAt };
    parts = [];
  }
  if (parts.length > 0) yield { line: parts.join(" ").trim(), number: beganAt };
}
