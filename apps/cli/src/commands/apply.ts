import { applyCheck, type Execution, readCheck } from "@holdfast/engine/execute";
import { planHash } from "@holdfast/engine/plan";
import type { Command } from "commander";
import { CommandError, exitCode } from "../exit.ts";
import { type CheckFlags, inWords, journalDirectory, openCheck, requireRoot } from "../open-check.ts";
import { renderPlanText } from "../render/plan.ts";
import { styleFor } from "../render/style.ts";
import { siteValueOption } from "../site-values.ts";
import { prepareStateDirectory, stateDirectory } from "../up/state-directory.ts";
import { nameOf } from "./plan.ts";

interface Flags extends CheckFlags {
  readonly yes?: boolean;
  readonly hash?: string;
  readonly stateDir?: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("apply")
    .description("Make a failing check pass, and put everything back unless it does.")
    .requiredOption("--check <number>", "recommendation, e.g. 3.3.1, or a check's id")
    .option("--yes", "really change it; without this the plan is shown and nothing is changed")
    .option("--hash <hash>", "only carry out the plan with this hash (holdfast plan shows it)")
    .option("--benchmark <id>", "benchmark, e.g. cis-debian-12 (default: this machine's)")
    .option("--root <dir>", "change the image or chroot in DIR")
    .addOption(siteValueOption())
    .option("--state-dir <dir>", "where the journal is kept (HOLDFAST_STATE_DIR)")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nEverything changed is in a journal first: holdfast rollback ID puts it back.\n\n" +
        "Exit status: 0 passes now, 1 did not work and was rolled back, 2 wrong usage or no --yes, 3 could not be tried.\n\n" +
        "Examples:\n  sudo holdfast apply --check 3.3.1 --yes\n  holdfast apply --check 3.3.1 --root /mnt/image --yes",
    )
    .action(runApply);
}

async function runApply(flags: Flags): Promise<void> {
  const opened = await openCheck(flags);
  const { plan } = await readCheck(opened, opened.check).catch(inWords);
  if ("none" in plan) throw new CommandError(plan.none);
  const style = styleFor(process.stdout);
  const changes = plan.changes.length > 0;
  if (!flags.json) {
    process.stdout.write(`${style.bold(`${opened.number} ${opened.check.title}`)}\n`);
    if (changes) process.stdout.write(`\n${renderPlanText(plan, opened.check.impact, style)}\n`);
  }
  if (changes && !flags.yes)
    throw new CommandError("Nothing was changed: add --yes to carry this plan out.", exitCode.usage);
  if (changes) requireRoot(opened.host);
  prepareStateDirectory(stateDirectory(flags.stateDir));
  const options = { ...opened, journalDirectory: journalDirectory(flags.stateDir) };
  // What was shown is what is done: a machine that changed meanwhile is refused.
  const execution = await applyCheck(options, opened.check, flags.hash ?? planHash(plan)).catch(inWords);
  if (flags.json) process.stdout.write(`${JSON.stringify({ ...nameOf(opened), ...execution }, null, 2)}\n`);
  else process.stdout.write(`${describe(execution)}\n`);
  if (execution.outcome === "rolled_back" || execution.outcome === "rollback_incomplete")
    process.exitCode = exitCode.notGood;
}

function describe(execution: Execution): string {
  switch (execution.outcome) {
    case "nothing_to_do":
      return "Passes already; nothing was changed.";
    case "committed":
      return `Passes now. To put it back: holdfast rollback ${execution.id}`;
    case "rolled_back":
      return `Did not work, and everything is as it was before: ${execution.reason}`;
    case "rollback_incomplete":
      return [
        `Did not work: ${execution.reason}`,
        "These could not be put back:",
        ...execution.left.map((item) => `  ${item}`),
        `To try again: holdfast rollback ${execution.id}`,
      ].join("\n");
  }
}
