import { renderPlan } from "@holdfast/engine/diff";
import { readCheck } from "@holdfast/engine/execute";
import { planHash } from "@holdfast/engine/plan";
import type { Command } from "commander";
import { CommandError } from "../exit.ts";
import { type CheckFlags, inWords, type OpenCheck, openCheck } from "../open-check.ts";
import { renderPlanText } from "../render/plan.ts";
import { styleFor } from "../render/style.ts";
import { siteValueOption } from "../site-values.ts";

interface Flags extends CheckFlags {
  readonly json?: boolean;
}

export function register(program: Command): void {
  program
    .command("plan")
    .description("Show exactly what would be changed to make a failing check pass. Changes nothing.")
    .requiredOption("--check <number>", "recommendation, e.g. 3.3.1, or a check's id")
    .option("--benchmark <id>", "benchmark, e.g. cis-debian-12 (default: this machine's)")
    .option("--root <dir>", "plan for the image or chroot in DIR")
    .addOption(siteValueOption())
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExit status: 0 planned, or nothing to do; 2 wrong usage; 3 there is no safe fix (the reason says what to do by hand).\n\n" +
        "Examples:\n  sudo holdfast plan --check 3.3.1\n  holdfast plan --check ip-forwarding-off --root /mnt/image --json\n" +
        "  sudo holdfast plan --check 4.2.7 --set firewall=ufw",
    )
    .action(runPlan);
}

async function runPlan(flags: Flags): Promise<void> {
  const opened = await openCheck(flags);
  const { result, plan } = await readCheck(opened, opened.check).catch(inWords);
  const none = "none" in plan ? plan.none : null;
  if (flags.json) {
    const planned = "none" in plan ? null : { plan, hash: planHash(plan), diff: renderPlan(plan) };
    const { verdict, message } = result;
    process.stdout.write(`${JSON.stringify({ ...nameOf(opened), verdict, message, none, ...planned }, null, 2)}\n`);
    if (none !== null) process.exitCode = 3;
    return;
  }
  if ("none" in plan) throw new CommandError(plan.none);
  const style = styleFor(process.stdout);
  process.stdout.write(`${style.bold(`${opened.number} ${opened.check.title}`)}\n`);
  if (plan.changes.length === 0) process.stdout.write("Passes already; there is nothing to change.\n");
  else process.stdout.write(`\n${renderPlanText(plan, opened.check.impact, style)}`);
}

/** How JSON output names what it is about. */
export function nameOf({ check, number, benchmark, root }: OpenCheck): Record<string, string> {
  return { check: check.id, number, title: check.title, benchmark: `${benchmark.id}@${benchmark.version}`, root };
}
