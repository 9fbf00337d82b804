import { readJournal } from "@holdfast/engine/journal";
import { type RollBack, rollBack } from "@holdfast/engine/roll-back";
import type { Command } from "commander";
import { exitCode } from "../exit.ts";
import { inWords, journalDirectory, openWritableHost, requireRoot } from "../open-check.ts";

interface Flags {
  readonly force?: boolean;
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("rollback")
    .description("Put back what an execution changed; also after it was interrupted.")
    .argument("<id>", "the execution, see holdfast journal")
    .option("--force", "also put back what somebody has changed since")
    .option("--state-dir <dir>", "where the journal is kept (HOLDFAST_STATE_DIR)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit status: 0 everything is as it was before, 1 changed since (shown; --force overrides) or not all could be put\n" +
        "back, 2 wrong usage, 3 no such execution or another one is running.\n\nExample:\n  sudo holdfast rollback 20260131-143005-9f3a1c",
    )
    .action(runRollBack);
}

async function runRollBack(id: string, flags: Flags): Promise<void> {
  const directory = journalDirectory(flags.stateDir);
  const { header } = await readJournal(directory, id).catch(inWords);
  const host = await openWritableHost(header?.root ?? "/");
  requireRoot(host);
  const force = flags.force ?? false;
  const result = await rollBack({ host, journalDirectory: directory, id, force }).catch(inWords);
  process.stdout.write(flags.json ? `${JSON.stringify({ id, ...result }, null, 2)}\n` : `${describe(result)}\n`);
  if (result.outcome === "edited_since" || result.outcome === "incomplete") process.exitCode = exitCode.notGood;
}

function describe(result: RollBack): string {
  switch (result.outcome) {
    case "rolled_back":
      return "Everything is as it was before.";
    case "already_rolled_back":
      return "It was rolled back earlier; nothing was changed.";
    case "edited_since":
      return [...result.differences, "", "Changed since, so nothing was put back; --force does it anyway."].join("\n");
    case "incomplete":
      return ["These could not be put back:", ...result.left.map((item) => `  ${item}`)].join("\n");
  }
}
