import { formatProblem } from "@holdfast/content/problem";
import { type Command, Option } from "commander";
import { coverageOf, renderCoverage, writeCoverage } from "../content/coverage.ts";
import { listRecommendations, type PortingStatus, portingStatuses, renderList } from "../content/list-content.ts";
import { openContent, readContentDirectory, refuseInvalid, requireContentDirectory } from "../content/open-content.ts";
import { renderShownCheck, showCheck } from "../content/show-check.ts";
import { renderProofReport, testProofs } from "../content/test-proofs.ts";
import { renderDraftReport, writeDrafts } from "../content/write-drafts.ts";
import { writeSchemas } from "../content/write-schemas.ts";
import { requireControl } from "../control-option.ts";
import { CommandError, exitCode } from "../exit.ts";

interface Flags {
  readonly dir?: string;
  readonly json?: boolean;
}

/** `holdfast content …`: what the checks are, and the tools of those who write them. */
export function register(program: Command): void {
  const content = program
    .command("content")
    .description("Show, validate and test the checks, and help write them.")
    .addHelpText(
      "after",
      "\nReads ./content or the checkout's; elsewhere list and show read the built-in checks.\n\nExamples:\n" +
        "  holdfast content show 3.3.1\n  holdfast content list --status not_ported\n" +
        "  holdfast content validate && holdfast content test",
    );
  const add = (name: string, description: string, examples: string): Command =>
    content
      .command(name)
      .description(description)
      .option("--dir <dir>", "content directory (default: ./content, else the checkout's)")
      .option("--json", "print JSON")
      .addHelpText("after", `\nExamples:\n${examples}`)
      .exitOverride();

  add("validate", "Check all content files; list what is wrong.", "  holdfast content validate --dir content").action(
    runValidate,
  );
  add(
    "test [ids...]",
    "Run the proofs of the checks, and see that they notice every changed value.",
    "  holdfast content test\n  holdfast content test ip-forwarding-off",
  ).action(runTest);
  add(
    "list",
    "List the recommendations and whether they have a check.",
    "  holdfast content list --status not_ported\n  holdfast content list --control nist:AC-17",
  )
    .option("--benchmark <id>", "only this benchmark, e.g. cis-debian-12 or cis-debian-12@1.1.0")
    .addOption(new Option("--status <status>", "only these").choices([...portingStatuses]))
    .option("--control <control>", "only what serves this control, e.g. cis:4.1 or nist:AC-17")
    .action(runList);
  add(
    "show <number-or-id>",
    "Show a check: why, what is wanted, how it is declared, its proofs.",
    "  holdfast content show 3.3.1\n  holdfast content show ip-forwarding-off --json",
  )
    .option("--benchmark <id>", "the benchmark the number is of (default: any, where all agree)")
    .action(runShow);
  add(
    "coverage",
    "Count what is judged of each benchmark, as a table in Markdown.",
    "  holdfast content coverage\n  holdfast content coverage --write docs/content.md",
  )
    .option("--write <file>", "put the table between the markers of FILE")
    .action(runCoverage);
  add("schema", "Write the JSON Schemas that editors use to DIR/schema.", "  holdfast content schema").action(
    runSchema,
  );
  add(
    "draft-proofs [ids...]",
    "Write the proofs that checks lack beside them; read what was written before you commit it.",
    "  holdfast content draft-proofs\n  holdfast content draft-proofs ip-forwarding-off --replace",
  )
    .option("--replace", "draft anew instead of adding to the proofs there are")
    .action(runDraftProofs);
}

async function runValidate({ dir: asked, json }: Flags): Promise<void> {
  const dir = requireContentDirectory(asked);
  const { pack, problems } = await readContentDirectory(dir);
  const counts = { checks: pack.checks.size, conditions: pack.conditions.size, benchmarks: pack.benchmarks.length };
  const summary = `${counts.checks} checks, ${counts.conditions} conditions, ${counts.benchmarks} benchmarks: `;
  print(json, { ...counts, digest: pack.digest, problems }, () =>
    [...problems.map(formatProblem), `${summary}${problems.length === 0 ? "all good" : `${problems.length} problems`}`]
      .join("\n")
      .concat("\n"),
  );
  if (problems.length > 0) process.exitCode = exitCode.notGood;
}

async function runTest(ids: readonly string[], { dir: asked, json }: Flags): Promise<void> {
  const content = await openContent(requireContentDirectory(asked));
  for (const id of ids) if (!content.pack.checks.has(id)) throw new CommandError(`No check "${id}".`);
  const report = testProofs(content, ids.length === 0 ? null : new Set(ids));
  print(json, report, () => renderProofReport(report));
  if (report.failures.length + report.survivors.length > 0) process.exitCode = exitCode.notGood;
}

interface ListFlags extends Flags {
  readonly benchmark?: string;
  readonly status?: PortingStatus;
  readonly control?: string;
}

async function runList(flags: ListFlags): Promise<void> {
  const { pack } = await openContent(flags.dir);
  const control = flags.control === undefined ? undefined : requireControl(pack, flags.control);
  const items = listRecommendations(pack, flags.benchmark, flags.status, control);
  print(flags.json, items, () => renderList(items));
}

async function runShow(numberOrId: string, flags: Flags & { readonly benchmark?: string }): Promise<void> {
  const shown = showCheck(await openContent(flags.dir), numberOrId, flags.benchmark);
  print(flags.json, shown, () => renderShownCheck(shown));
}

async function runCoverage(flags: Flags & { readonly write?: string }): Promise<void> {
  const coverage = coverageOf(await openContent(requireContentDirectory(flags.dir)));
  const table = renderCoverage(coverage);
  const changed = flags.write !== undefined && (await writeCoverage(flags.write, table));
  print(flags.json, coverage, () =>
    flags.write === undefined ? table : changed ? `wrote ${flags.write}\n` : "Current.\n",
  );
}

async function runSchema({ dir: asked, json }: Flags): Promise<void> {
  const changed = await writeSchemas(requireContentDirectory(asked));
  print(json, { changed }, () =>
    changed.length === 0 ? "All current.\n" : changed.map((file) => `wrote ${file}\n`).join(""),
  );
}

async function runDraftProofs(ids: readonly string[], flags: Flags & { readonly replace?: boolean }): Promise<void> {
  const dir = requireContentDirectory(flags.dir);
  const content = await readContentDirectory(dir);
  refuseInvalid(content.problems, dir);
  const report = await writeDrafts(content, dir, ids, flags.replace ?? false);
  print(flags.json, report, () => renderDraftReport(report));
  if (Object.keys(report.lacking).length > 0) process.exitCode = exitCode.notGood;
}

function print(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text());
}
