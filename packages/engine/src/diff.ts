import type { Change, Plan } from "@holdfast/contracts/plan";

/** A plan as lines for people: files as unified diffs, the rest as "before -> after". Safe to print on a terminal. */
export function renderPlan(plan: Plan): string {
  return plan.changes.map((change) => renderChange(change).map(printable).join("\n")).join("\n");
}

function renderChange(change: Change): string[] {
  switch (change.type) {
    case "write_file":
      return unifiedDiff(change.was === null ? "/dev/null" : change.path, change.path, change.was ?? "", change.text);
    case "remove_file":
      return unifiedDiff(change.path, "/dev/null", change.was, "");
    case "set_mode":
      return [`mode ${change.path}: ${octal(change.was)} -> ${octal(change.mode)}`];
    case "set_owner": {
      const { path, uid, gid, was } = change;
      return [`owner ${path}: ${was.uid}:${was.gid} -> ${uid}:${gid}`];
    }
    case "set_sysctl":
      return [`running ${change.key}: ${change.was} -> ${change.value}`];
    case "unload_module":
      return [`module ${change.name}: loaded -> not loaded`];
  }
}

/** The unified diff of two texts with three lines around each difference; empty when they are equal. @see diff(1) */
export function unifiedDiff(fromName: string, toName: string, from: string, to: string): string[] {
  const edits = editsOf(linesOf(from), linesOf(to));
  const hunks = hunksOf(edits);
  return hunks.length === 0 ? [] : [`--- ${fromName}`, `+++ ${toName}`, ...hunks.flatMap(renderHunk)];
}

const context = 3;
const noNewline = "\\ No newline at end of file";
/** Beyond this many compared pairs the middle is shown as replaced: right, only longer than need be. */
const maxPairs = 4_000_000;

/** A line that stays, goes or comes, with its index in the old and the new text. */
interface Edit {
  readonly sign: " " | "-" | "+";
  readonly line: string;
  readonly oldIndex: number;
  readonly newIndex: number;
}

/** Lines with their line ends, so that a missing last one is a difference too. */
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

function editsOf(from: readonly string[], to: readonly string[]): Edit[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  let end = 0;
  const room = Math.min(from.length, to.length) - start;
  while (end < room && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  const middle = signsOf(from.slice(start, from.length - end), to.slice(start, to.length - end));
  const signs: Edit["sign"][] = [...Array(start).fill(" "), ...middle, ...Array(end).fill(" ")];
  let oldIndex = 0;
  let newIndex = 0;
  return signs.map((sign) => {
    const edit = { sign, line: (sign === "+" ? to[newIndex] : from[oldIndex]) ?? "", oldIndex, newIndex };
    if (sign !== "+") oldIndex += 1;
    if (sign !== "-") newIndex += 1;
    return edit;
  });
}

/** By the longest common subsequence: which lines stay, go and come, in order. */
function signsOf(from: readonly string[], to: readonly string[]): Edit["sign"][] {
  if (from.length * to.length > maxPairs) return [...from.map(() => "-" as const), ...to.map(() => "+" as const)];
  const width = to.length + 1;
  const longest = new Uint32Array((from.length + 1) * width);
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = from.length - 1; row >= 0; row -= 1) {
    for (let column = to.length - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        from[row] === to[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const signs: Edit["sign"][] = [];
  let row = 0;
  let column = 0;
  while (row < from.length || column < to.length) {
    if (row < from.length && column < to.length && from[row] === to[column]) {
      signs.push(" ");
      row += 1;
      column += 1;
    } else if (row < from.length && (column === to.length || at(row + 1, column) >= at(row, column + 1))) {
      signs.push("-");
      row += 1;
    } else {
      signs.push("+");
      column += 1;
    }
  }
  return signs;
}

function hunksOf(edits: readonly Edit[]): Edit[][] {
  const hunks: Edit[][] = [];
  let shownUntil = 0;
  edits.forEach((edit, index) => {
    if (edit.sign === " ") return;
    const from = Math.max(index - context, shownUntil);
    const until = Math.min(index + context + 1, edits.length);
    const last = hunks.at(-1);
    if (last !== undefined && index - context <= shownUntil) last.push(...edits.slice(shownUntil, until));
    else hunks.push(edits.slice(from, until));
    shownUntil = Math.max(shownUntil, until);
  });
  return hunks;
}

function renderHunk(hunk: readonly Edit[]): string[] {
  const first = hunk[0] as Edit;
  const oldCount = hunk.filter(({ sign }) => sign !== "+").length;
  const newCount = hunk.filter(({ sign }) => sign !== "-").length;
  const header = `@@ -${range(first.oldIndex, oldCount)} +${range(first.newIndex, newCount)} @@`;
  return [header, ...hunk.flatMap(renderEdit)];
}

function renderEdit({ sign, line }: Edit): string[] {
  return line.endsWith("\n") ? [`${sign}${line.slice(0, -1)}`] : [`${sign}${line}`, noNewline];
}

/** An empty range names the line before it. */
function range(index: number, count: number): string {
  return `${count === 0 ? index : index + 1},${count}`;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

/** Control characters as escapes: a file's text must not move the cursor or change colours. */
function printable(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) =>
    character === "\t" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
