import { Command, CommanderError } from "commander";
import { register as registerAgent } from "./commands/agent.ts";
import { register as registerApply } from "./commands/apply.ts";
import { register as registerAudit } from "./commands/audit.ts";
import { register as registerContent } from "./commands/content.ts";
import { register as registerJournal } from "./commands/journal.ts";
import { register as registerPlan } from "./commands/plan.ts";
import { register as registerRollback } from "./commands/rollback.ts";
import { register as registerScan } from "./commands/scan.ts";
import { register as registerSimulate } from "./commands/simulate.ts";
import { register as registerUp } from "./commands/up.ts";
import { CommandError, exitCode } from "./exit.ts";
import { version } from "./version.ts";

const commands = [
  registerUp,
  registerScan,
  registerPlan,
  registerApply,
  registerRollback,
  registerJournal,
  registerContent,
  registerAgent,
  registerSimulate,
  registerAudit,
];

/** Runs the command line and gives its exit status. Prints errors as one sentence; never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const program = new Command("holdfast")
    .description("Tells how well machines are hardened against CIS benchmarks, and hardens them.")
    .version(version)
    .exitOverride()
    .showHelpAfterError("(holdfast --help shows the commands, holdfast COMMAND --help its options)")
    .addHelpText(
      "after",
      "\nExit status: 0 done, 1 done but not good enough, 2 wrong usage, 3 could not be done.\n" +
        "NO_COLOR is honoured. Examples:\n  holdfast scan\n  holdfast scan --level 2 --format json --output report.json\n  holdfast up",
    );
  for (const register of commands) register(program);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: "user" });
    return Number(process.exitCode ?? exitCode.ok);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (error instanceof CommandError) {
      process.stderr.write(`holdfast: ${error.message}\n`);
      return error.exitCode;
    }
    process.stderr.write(`holdfast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return exitCode.failed;
  }
}
