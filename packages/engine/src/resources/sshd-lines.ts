/** One line of sshd_config(5), taken apart. */
export interface SshdLine {
  readonly keyword: string;
  /** Without quotes and without a comment behind them; empty where sshd refuses the line: none given, or a quote left open. */
  readonly args: readonly string[];
  /** All that follows the keyword, as it stands: some keywords take it as one value. */
  readonly rest: string;
  /** Counted from 1. */
  readonly number: number;
}

/** The lines that are neither blank nor comments. */
export function* sshdLines(text: string): Generator<SshdLine> {
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    // A keyword may be quoted, and one "=" may stand in place of the blank behind it.
    const parts = /^=?[ \t\r]*(?:"([^"]*)"|([^\s="#][^\s="]*))[ \t\r]*=?[ \t\r]*(.*)$/s.exec(line);
    if (parts === null) continue;
    const keyword = parts[1] ?? parts[2] ?? "";
    const rest = parts[3] ?? "";
    if (keyword !== "") yield { keyword, args: splitArguments(rest) ?? [], rest, number: index + 1 };
  }
}

/**
 * Splits as sshd does: at blanks outside of quotes, single or double; a backslash protects a quote, a backslash or,
 * outside of quotes, a blank; a word that begins with "#" ends the line. Null when a quote is left open.
 */
export function splitArguments(text: string): string[] | null {
  const args: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === " " || text[at] === "\t") {
      at += 1;
      continue;
    }
    if (text[at] === "#") break;
    let word = "";
    let quote = "";
    for (; at < text.length; at += 1) {
      const character = text.charAt(at);
      const next = text.charAt(at + 1);
      if (character === "\\" && (`'"\\`.includes(next) || (quote === "" && next === " ")) && next !== "") {
        word += next;
        at += 1;
      } else if (quote === "" && (character === " " || character === "\t")) break;
      else if (quote === "" && (character === '"' || character === "'")) quote = character;
      else if (quote !== "" && character === quote) quote = "";
      else word += character;
    }
    if (quote !== "") return null;
    args.push(word);
  }
  return args;
}
