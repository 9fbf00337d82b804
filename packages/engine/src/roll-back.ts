import { posix } from "node:path";
import type { Change, Plan } from "@holdfast/contracts/plan";
import { activateAll } from "./activation.ts";
import { type ChangeState, observeChange, subjectOf, undoChange, undoState } from "./changes.ts";
import { unifiedDiff } from "./diff.ts";
import { withExecutionLock } from "./execution-lock.ts";
import type { WritableHost } from "./host.ts";
import { isUnfinishedWrite } from "./hosts/file-writes.ts";
import { JournalError, type JournalHeader, type JournalRecord, readJournal, reopenJournal } from "./journal.ts";

/** How rolling back an execution ended. */
export type RollBack =
  /** Everything is as it was before the execution; now, or already. */
  | { readonly outcome: "rolled_back" | "already_rolled_back" }
  /** Somebody has changed these since; nothing was touched. `differences` is for people: what rolling back would lose. */
  | { readonly outcome: "edited_since"; readonly differences: readonly string[] }
  /** These could not be put back; the rest was. */
  | { readonly outcome: "incomplete"; readonly left: readonly string[] };

export interface RollBackOptions {
  /** The host of the machine the execution ran on; see the header's `root`. */
  readonly host: WritableHost;
  readonly journalDirectory: string;
  readonly id: string;
  /** Puts back what was there even where somebody has changed it since. */
  readonly force?: boolean;
}

/**
 * Puts back what an execution changed, be it committed or interrupted at any point, and reads again to see that it is
 * there. Doing it twice is as doing it once.
 *
 * @throws JournalError, LockedError; UnreadableError or StateChangedError when what is there cannot be read.
 */
export async function rollBack({ host, journalDirectory, id, force = false }: RollBackOptions): Promise<RollBack> {
  return withExecutionLock(journalDirectory, async () => {
    const record = await readJournal(journalDirectory, id);
    if (record.state === "rolled_back") return { outcome: "already_rolled_back" };
    if (record.state === "unstarted" || record.header === null) {
      if (record.header !== null) await conclude(journalDirectory, id, "nothing had been changed");
      return { outcome: "rolled_back" };
    }
    const { plan, before } = begunPart(record.header, record);
    if (!force) {
      const differences = await findEdited(host, plan, before);
      if (differences.length > 0) return { outcome: "edited_since", differences };
    }
    await removeUnfinishedWrites(host, plan);
    const left = await undoAll(host, plan, before, { onlyOurs: !force });
    if (left.length > 0) return { outcome: "incomplete", left };
    await conclude(journalDirectory, id, record.state === "committed" ? "asked for" : "interrupted");
    return { outcome: "rolled_back" };
  });
}

/**
 * Undoes a plan's changes, last first, activates what they were activated with, and reads again.
 *
 * @param onlyOurs leaves alone what somebody else has changed in the meantime.
 * @returns what is not as it was before, with the reason; empty when all is.
 */
export async function undoAll(
  host: WritableHost,
  plan: Plan,
  before: readonly ChangeState[],
  { onlyOurs }: { readonly onlyOurs: boolean },
): Promise<readonly string[]> {
  const left = new Map<string, string>();
  for (const [index, change] of [...plan.changes.entries()].reverse()) {
    const problem = await undoOne(host, change, before[index] ?? null, onlyOurs);
    if (problem !== null) left.set(subjectOf(change), problem);
  }
  try {
    await activateAll(host, plan.activations);
  } catch (error) {
    for (const activation of plan.activations) left.set(activation, messageOf(error));
  }
  for (const [index, change] of plan.changes.entries()) {
    if (left.has(subjectOf(change))) continue;
    if ((await undoState(host, change, before[index] ?? null).catch(messageOf)) !== "undone")
      left.set(subjectOf(change), "is not what it was before, although it was put back");
  }
  return [...left].map(([subject, problem]) => `${subject}: ${problem}`);
}

async function undoOne(
  host: WritableHost,
  change: Change,
  before: ChangeState,
  onlyOurs: boolean,
): Promise<string | null> {
  try {
    if (onlyOurs && (await undoState(host, change, before)) === "edited") return "was changed by somebody else";
    await undoChange(host, change, before);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** What the journal says may have been touched: of an interrupted execution, the changes that were begun. */
function begunPart(header: JournalHeader, { entries, state }: JournalRecord): { plan: Plan; before: ChangeState[] } {
  const begun = new Set(entries.flatMap((entry) => (entry.entry === "begin" ? [entry.change] : [])));
  const touched = (_: unknown, index: number): boolean => state === "committed" || begun.has(index);
  return {
    plan: { ...header.plan, changes: header.plan.changes.filter(touched) },
    // The journal's own text: what was observed before is plain JSON.
    before: (header.before as ChangeState[]).filter(touched),
  };
}

/** What somebody has changed since the execution, as diffs from what would be put back to what is there. */
async function findEdited(host: WritableHost, plan: Plan, before: readonly ChangeState[]): Promise<readonly string[]> {
  const differences: string[] = [];
  for (const [index, change] of plan.changes.entries()) {
    const was = before[index] ?? null;
    if ((await undoState(host, change, was)) !== "edited") continue;
    differences.push(describeEdit(change, await observeChange(host, change)));
  }
  return differences;
}

/** A process killed while it wrote a file left the new text beside it. */
async function removeUnfinishedWrites(host: WritableHost, { changes }: Plan): Promise<void> {
  for (const change of changes) {
    if (change.type !== "write_file" && change.type !== "remove_file") continue;
    const directory = posix.dirname(change.path);
    for (const name of (await host.list(directory)) ?? [])
      if (isUnfinishedWrite(name, change.path)) await host.removeFile(posix.join(directory, name));
  }
}

function describeEdit(change: Change, now: ChangeState): string {
  const subject = subjectOf(change);
  switch (change.type) {
    case "write_file":
    case "remove_file": {
      const ours = change.type === "write_file" ? change.text : "";
      return unifiedDiff(`${subject} (as it was left)`, `${subject} (now)`, ours, textOf(now)).join("\n");
    }
    case "set_mode":
      return `${subject}: mode left as ${change.mode.toString(8)}, now ${Number(now).toString(8)}`;
    case "set_owner":
      return `${subject}: owner left as ${change.uid}:${change.gid}, now another`;
    case "set_sysctl":
      return `${subject}: left as ${change.value}, now ${String(now)}`;
    case "unload_module":
      return `${subject}: not as it was left`;
  }
}

/** A file's text in what was observed of it; empty when the file is gone. */
function textOf(state: ChangeState): string {
  return state !== null && typeof state === "object" && "text" in state ? String(state["text"]) : "";
}

async function conclude(journalDirectory: string, id: string, reason: string): Promise<void> {
  const journal = await reopenJournal(journalDirectory, id);
  try {
    await journal.append({ entry: "rolled_back", at: new Date().toISOString(), reason });
  } finally {
    await journal.close();
  }
}

function messageOf(error: unknown): string {
  if (error instanceof JournalError) throw error;
  return error instanceof Error ? error.message : String(error);
}
