import { type ExecutionState, type JournalRecord, readJournals } from "@holdfast/engine/journal";
import type { Command } from "commander";
import { inWords, journalDirectory } from "../open-check.ts";

interface Flags {
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("journal")
    .description("List what was applied on this machine, newest first.")
    .option("--state-dir <dir>", "where the journal is kept (HOLDFAST_STATE_DIR)")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExit status: 0 listed, 2 wrong usage, 3 could not be read.")
    .action(runJournal);
}

async function runJournal(flags: Flags): Promise<void> {
  const records = [...(await readJournals(journalDirectory(flags.stateDir)).catch(inWords))].reverse();
  if (flags.json) process.stdout.write(`${JSON.stringify(records.map(summary), null, 2)}\n`);
  else if (records.length === 0) process.stdout.write("Nothing has been applied yet.\n");
  else for (const record of records) process.stdout.write(`${line(record)}\n`);
}

const stateInWords: Readonly<Record<ExecutionState, string>> = {
  unstarted: "nothing was changed",
  interrupted: "interrupted",
  committed: "applied",
  rolled_back: "rolled back",
  damaged: "damaged",
};

function line(record: JournalRecord): string {
  const { id, startedAt, state, check, root } = summary(record);
  const where = root === null || root === "/" ? "" : ` in ${root}`;
  return `${id}  ${startedAt ?? "-"}  ${stateInWords[state].padEnd(19)}  ${check ?? "-"}${where}`;
}

interface Summary {
  readonly id: string;
  readonly state: ExecutionState;
  readonly startedAt: string | null;
  readonly check: string | null;
  readonly root: string | null;
}

function summary({ id, state, header }: JournalRecord): Summary {
  const { startedAt = null, root = null, plan } = header ?? {};
  return { id, state, startedAt, check: plan?.checkId ?? null, root };
}
