import type { Level, Profile } from "@holdfast/content/pack";
import { profiles } from "@holdfast/content/pack";
import { giveWay } from "@holdfast/engine/give-way";
import { type Command, InvalidArgumentError, Option } from "commander";
import { loadBuiltInPack } from "../built-in-pack.ts";
import { CommandError, exitCode } from "../exit.ts";
import { renderCsv } from "../render/csv.ts";
import { progressLine } from "../render/progress-line.ts";
import { styleFor } from "../render/style.ts";
import { renderTable } from "../render/table.ts";
import { type ScanOutcome, scanDevice } from "../scan-device.ts";
import { readSiteValues, siteValueOption } from "../site-values.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";

interface Flags {
  readonly benchmark?: string;
  readonly level: Level;
  readonly profile: Profile;
  readonly root?: string;
  readonly only?: readonly string[];
  readonly control?: string;
  readonly set: readonly string[];
  readonly format: "table" | "json" | "csv";
  readonly json?: boolean;
  readonly output?: string;
  readonly failUnder?: number;
  readonly record?: string;
  readonly facts?: string;
}

export function register(program: Command): void {
  program
    .command("scan")
    .description("Judge this machine, an image or recorded facts against a CIS benchmark. Needs no server.")
    .option("--benchmark <id>", "benchmark, e.g. cis-debian-12 or cis-debian-12@1.1.0 (default: this machine's)")
    .addOption(
      new Option("--level <level>", "profile level; 2 includes 1").choices(["1", "2"]).default(1).argParser(levelOf),
    )
    .addOption(new Option("--profile <profile>", "profile").choices([...profiles]).default("server"))
    .addOption(new Option("--root <dir>", "judge the image or chroot in DIR, from disk only").conflicts("facts"))
    .option("--only <numbers>", "only these recommendations, comma separated, whatever their level", numbersOf)
    .option("--control <control>", "only what serves this control, e.g. cis:4.1 or nist:AC-17")
    .addOption(siteValueOption())
    .addOption(new Option("--format <format>", "output format").choices(["table", "json", "csv"]).default("table"))
    .option("--json", "same as --format json")
    .option("--output <file>", "write to FILE instead of standard output")
    .option("--fail-under <score>", "exit with status 1 when the score is below SCORE (0–100)", scoreOf)
    .option("--record <file>", "save the facts that were read, to judge them again with --facts")
    .option("--facts <file>", "judge facts saved with --record instead of reading this machine")
    .addHelpText(
      "after",
      "\nExit status: 0 scanned, 1 below --fail-under (or no score), 2 wrong usage, 3 could not scan.\n\nExamples:\n" +
        "  sudo holdfast scan --level 2\n  holdfast scan --only 5.1.20,5.1.22 --json\n" +
        "  holdfast scan --control nist:AC-17\n" +
        "  sudo holdfast scan --set firewall=nftables --set ntp-servers=ntp1.example,ntp2.example\n" +
        "  holdfast scan --root /mnt/image --format csv --output image.csv\n" +
        "  sudo holdfast scan --record facts.json && holdfast scan --facts facts.json --fail-under 80",
    )
    .action(runScan);
}

async function runScan(flags: Flags): Promise<void> {
  if (flags.facts === undefined) giveWay();
  const pack = await loadBuiltInPack();
  const progress = progressLine(process.stderr, "Reading");
  const { benchmark, level, profile, root, only, control, facts } = flags;
  const outcome = await scanDevice(pack, {
    level,
    profile,
    ...(benchmark === undefined ? {} : { benchmark }),
    ...(root === undefined ? {} : { root }),
    ...(only === undefined ? {} : { only }),
    ...(control === undefined ? {} : { control }),
    parameters: readSiteValues(pack, flags.set),
    ...(facts === undefined ? {} : { facts }),
    onProgress: progress.update,
  }).finally(progress.clear);
  if (flags.record !== undefined)
    await writeFileAtomically(flags.record, `${JSON.stringify(outcome.recorded)}\n`, 0o600);
  const text = render(outcome, flags);
  if (flags.output === undefined) process.stdout.write(text);
  else await writeFileAtomically(flags.output, text);
  refuseBelow(outcome, flags.failUnder);
}

function render({ report, benchmark }: ScanOutcome, flags: Flags): string {
  const format = flags.json ? "json" : flags.format;
  if (format === "json") return `${JSON.stringify(report, null, 2)}\n`;
  if (format === "csv") return renderCsv(report);
  const stream = flags.output === undefined ? process.stdout : { isTTY: false };
  return renderTable(report, benchmark, styleFor(stream), process.stdout.columns ?? 100);
}

function refuseBelow({ report }: ScanOutcome, threshold: number | undefined): void {
  if (threshold === undefined || (report.score !== null && report.score >= threshold)) return;
  const score =
    report.score === null ? "There is no score" : `The score ${report.score.toFixed(1)} is below ${threshold}`;
  throw new CommandError(`${score}.`, exitCode.notGood);
}

function levelOf(text: string): Level {
  if (text === "1") return 1;
  if (text === "2") return 2;
  throw new InvalidArgumentError("Give 1 or 2.");
}

function numbersOf(text: string): string[] {
  const numbers = text.split(",").map((item) => item.trim());
  if (numbers.every((item) => /^\d+(\.\d+)*$/.test(item))) return numbers;
  throw new InvalidArgumentError("Give recommendation numbers such as 1.1.1.1,3.3.1.");
}

function scoreOf(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError("Give a score from 0 to 100.");
}
