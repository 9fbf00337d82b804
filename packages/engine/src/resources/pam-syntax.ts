/** A configuration line, put together from its continued parts. */
export interface LogicalLine {
  readonly text: string;
  /** Number of the first physical line, from 1. */
  readonly line: number;
}

/**
 * The lines of a PAM file: `#` starts a comment anywhere, a backslash at the end continues a line, blank and comment
 * lines in between do not end it. A comment behind text does end it, as the library has it. @see pam.conf(5)
 */
export function logicalPamLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let open: LogicalLine | null = null;
  for (const [index, physical] of text.split("\n").entries()) {
    const hash = physical.indexOf("#");
    const part = (hash < 0 ? physical : physical.slice(0, hash)).trim();
    if (part === "") continue;
    const continues = hash < 0 && part.endsWith("\\");
    const body = continues ? part.slice(0, -1) : part;
    const line: LogicalLine =
      open === null ? { text: body, line: index + 1 } : { ...open, text: `${open.text} ${body}` };
    open = continues ? line : null;
    if (!continues) lines.push(line);
  }
  if (open !== null) lines.push(open);
  return lines;
}

/**
 * The words of a line. A word in square brackets may hold spaces and, escaped by a backslash, a closing bracket; the
 * control keeps its brackets, with its spaces folded, an argument loses them.
 */
export function splitPamLine(text: string): string[] {
  const words = [...text.matchAll(/\[((?:\\\]|[^\]])*)\]?|\S+/g)];
  return words.map(([word, bracketed], index) => {
    if (bracketed === undefined) return word;
    const inside = bracketed.replaceAll("\\]", "]");
    return index === 1 ? `[${inside.trim().replaceAll(/\s+/g, " ")}]` : inside;
  });
}

const shorthands = new Map([
  ["required", "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]"],
  ["requisite", "[success=ok new_authtok_reqd=ok ignore=ignore default=die]"],
  ["sufficient", "[success=done new_authtok_reqd=done default=ignore]"],
  ["optional", "[success=ok new_authtok_reqd=ok default=ignore]"],
]);

/** Whether two controls mean the same: a keyword is its bracket form, the order within brackets does not matter. */
export function isSameControl(one: string, other: string): boolean {
  return normalControl(one) === normalControl(other);
}

function normalControl(control: string): string {
  const folded = control.trim().toLowerCase();
  const bracketed = shorthands.get(folded) ?? folded;
  const inside = /^\[([^\]]*)\]$/.exec(bracketed)?.[1];
  if (inside === undefined) return bracketed;
  return inside
    .replaceAll(/\s*=\s*/g, "=")
    .split(/\s+/)
    .filter((pair) => pair !== "")
    .sort()
    .join(" ");
}
