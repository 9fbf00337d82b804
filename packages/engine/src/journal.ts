import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Plan } from "@holdfast/contracts/plan";
import { type Static, Type } from "typebox";
import { Value } from "typebox/value";

/*
 * One file per execution, `<id>.jsonl`: a header with all it takes to undo, then what was begun and done. Every line is
 * on disk before the step it announces, so whatever kills the process, the file says what may have been touched.
 * It holds texts of system files: mode 0600 in a directory with mode 0700.
 */
const Header = Type.Object({
  entry: Type.Literal("header"),
  version: Type.Literal(1),
  id: Type.String(),
  startedAt: Type.String(),
  /** The machine it ran on: "/" or the directory of an image. */
  root: Type.String(),
  /** The check as declared in the pack, for people. */
  check: Type.Unknown(),
  plan: Plan,
  planHash: Type.String(),
  /** What stood where each change works, in the order of the plan's changes. */
  before: Type.Array(Type.Unknown()),
});
export type JournalHeader = Static<typeof Header>;

const Entry = Type.Union([
  Type.Object({ entry: Type.Literal("begin"), change: Type.Integer({ minimum: 0 }) }),
  Type.Object({ entry: Type.Literal("done"), change: Type.Integer({ minimum: 0 }) }),
  Type.Object({ entry: Type.Literal("committed"), at: Type.String() }),
  Type.Object({ entry: Type.Literal("rolled_back"), at: Type.String(), reason: Type.String() }),
]);
export type JournalEntry = Static<typeof Entry>;

/** `unstarted`: nothing was touched. `interrupted`: it ended, or is still going on, between a begin and its end. */
export type ExecutionState = "unstarted" | "interrupted" | "committed" | "rolled_back" | "damaged";

/** What a journal says. */
export interface JournalRecord {
  readonly id: string;
  /** Null when not even the header got to disk: then nothing was touched. */
  readonly header: JournalHeader | null;
  readonly entries: readonly JournalEntry[];
  readonly state: ExecutionState;
}

/** The journal cannot be used: damaged in the middle, absent, or of another version. */
export class JournalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "JournalError";
  }
}

/** An execution's journal, open for writing. */
export interface Journal {
  readonly id: string;
  /** Resolves when the entry is on disk. */
  append(entry: JournalEntry): Promise<void>;
  close(): Promise<void>;
}

/** Starts an execution's journal: when it resolves, header and directory entry are on disk. */
export async function createJournal(
  directory: string,
  header: Omit<JournalHeader, "entry" | "version" | "id" | "startedAt">,
): Promise<Journal> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await syncDirectory(path.dirname(directory));
  const startedAt = new Date();
  const id = newExecutionId(startedAt);
  const { O_CREAT, O_EXCL, O_WRONLY, O_APPEND } = constants;
  const handle = await open(fileOf(directory, id), O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0o600);
  await appendLine(handle, { entry: "header", version: 1, id, startedAt: startedAt.toISOString(), ...header });
  await syncDirectory(directory);
  return journalOn(handle, id);
}

/**
 * Opens a journal to go on writing. A last line that was cut off is removed first, or the next one would be glued to it.
 * @throws JournalError
 */
export async function reopenJournal(directory: string, id: string): Promise<Journal> {
  const { size } = (await readLines(directory, id)) ?? absent(id);
  const handle = await open(fileOf(directory, id), constants.O_WRONLY | constants.O_APPEND);
  await handle.truncate(size);
  return journalOn(handle, id);
}

/** @throws JournalError when there is none with this id, or it is damaged. */
export async function readJournal(directory: string, id: string): Promise<JournalRecord> {
  const { lines } = (await readLines(directory, id)) ?? absent(id);
  const [first, ...rest] = lines;
  if (first === undefined) return { id, header: null, entries: [], state: "unstarted" };
  if (!Value.Check(Header, first) || first.before.length !== first.plan.changes.length)
    throw new JournalError(`The journal ${id} has no header this version understands.`);
  const entries = rest.map((line, index) => {
    if (Value.Check(Entry, line)) return line;
    throw new JournalError(`The journal ${id} is damaged at line ${index + 2}.`);
  });
  return { id, header: first, entries, state: stateOf(entries) };
}

/** Every execution's journal, oldest first; a damaged one is `damaged`. None when there was no execution yet. */
export async function readJournals(directory: string): Promise<readonly JournalRecord[]> {
  const ids = await listIds(directory);
  return Promise.all(
    ids.map((id) =>
      readJournal(directory, id).catch((error): JournalRecord => {
        if (error instanceof JournalError) return { id, header: null, entries: [], state: "damaged" };
        throw error;
      }),
    ),
  );
}

async function listIds(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => name.slice(0, -".jsonl".length))
    .filter((id) => idPattern.test(id))
    .sort();
}

const idPattern = /^\d{8}-\d{6}-[0-9a-f]{6}$/;

/** Sorts by time and can be typed, e.g. `20260131-143005-9f3a1c`. */
function newExecutionId(now: Date): string {
  const [date = "", time = ""] = now.toISOString().split(/[T.]/);
  return `${date.replaceAll("-", "")}-${time.replaceAll(":", "")}-${randomBytes(3).toString("hex")}`;
}

function absent(id: string): never {
  throw new JournalError(`There is no execution "${id.slice(0, 100)}".`);
}

function fileOf(directory: string, id: string): string {
  if (!idPattern.test(id)) absent(id);
  return path.join(directory, `${id}.jsonl`);
}

function stateOf(entries: readonly JournalEntry[]): ExecutionState {
  const last = entries.findLast(({ entry }) => entry === "committed" || entry === "rolled_back")?.entry;
  if (last === "committed" || last === "rolled_back") return last;
  return entries.length === 0 ? "unstarted" : "interrupted";
}

/** The lines that got to disk whole, parsed, and how many bytes they take. Only the last one may be cut off or garbled. */
async function readLines(directory: string, id: string): Promise<{ lines: unknown[]; size: number } | null> {
  const bytes = await readFile(fileOf(directory, id)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (bytes === null) return null;
  const lines: unknown[] = [];
  let start = 0;
  for (let end = bytes.indexOf("\n"); end !== -1; end = bytes.indexOf("\n", start)) {
    const line = parseLine(bytes.toString("utf8", start, end));
    if (line === null) {
      if (end + 1 === bytes.length) break;
      throw new JournalError(`The journal ${id} is damaged at line ${lines.length + 1}.`);
    }
    lines.push(line);
    start = end + 1;
  }
  return { lines, size: start };
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function journalOn(handle: FileHandle, id: string): Journal {
  return { id, append: (entry) => appendLine(handle, entry), close: () => handle.close() };
}

async function appendLine(handle: FileHandle, line: unknown): Promise<void> {
  await handle.appendFile(`${JSON.stringify(line)}\n`);
  await handle.sync();
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
