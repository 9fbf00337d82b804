import { readFile } from "node:fs/promises";
import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import { benchmarkReference } from "@holdfast/content/resolve-benchmark";
import { mutantsOf } from "@holdfast/engine/mutants";
import { CommandError } from "../exit.ts";
import { writeFileAtomically } from "../write-file-atomically.ts";
import { portingStatusOf } from "./list-content.ts";
import type { Content } from "./open-content.ts";

/** How much of a benchmark is covered, in rows; proofs and mutants are those of the checks it numbers, each once. */
export interface Coverage {
  readonly benchmark: string;
  readonly rows: number;
  /** Rows the benchmark calls automated that get a verdict. */
  readonly automatedJudged: number;
  /** Rows the benchmark calls manual that get a verdict all the same. */
  readonly manualJudged: number;
  /** Rows that put a question to a person. */
  readonly asked: number;
  readonly notPorted: number;
  readonly proofs: number;
  readonly mutants: number;
}

const start = "<!-- coverage: written by `holdfast content coverage --write`, do not edit -->";
const end = "<!-- end of coverage -->";

export function coverageOf({ pack, proofs }: Content): Coverage[] {
  return pack.benchmarks.map((benchmark) => {
    const rows = rowsOf(benchmark, pack);
    const checks = [...new Set(rows.map(({ check }) => check))];
    const count = (wanted: (row: Row) => boolean): number => rows.filter(wanted).length;
    return {
      benchmark: benchmarkReference(benchmark),
      rows: rows.length,
      automatedJudged: count(({ assessment, status }) => assessment === "automated" && status === "ported"),
      manualJudged: count(({ assessment, status }) => assessment === "manual" && status === "ported"),
      asked: count(({ status }) => status === "manual"),
      notPorted: count(({ status }) => status === "not_ported"),
      proofs: checks.reduce((sum, { id }) => sum + (proofs.get(id)?.length ?? 0), 0),
      mutants: checks.reduce((sum, check) => sum + mutantsOf(check).length, 0),
    };
  });
}

interface Row {
  readonly check: Check;
  readonly assessment: "automated" | "manual";
  readonly status: ReturnType<typeof portingStatusOf>;
}

function rowsOf({ recommendations }: Benchmark, { checks }: Pack): Row[] {
  return recommendations.flatMap(({ check: id, assessment }) => {
    const check = checks.get(id);
    return check === undefined ? [] : [{ check, assessment, status: portingStatusOf(check) }];
  });
}

/** A table in Markdown. */
export function renderCoverage(coverage: readonly Coverage[]): string {
  const rows = coverage.map((row) => {
    const { benchmark, rows: all, automatedJudged, manualJudged, asked, notPorted, proofs, mutants } = row;
    const cells = [`\`${benchmark}\``, all, automatedJudged, manualJudged, asked, notPorted, proofs, mutants];
    return `| ${cells.join(" | ")} |`;
  });
  const heading =
    "| benchmark | rows | automated, judged | manual, judged | asks a person | not ported | proofs | mutants |";
  return `${[heading, "|---|--:|--:|--:|--:|--:|--:|--:|", ...rows].join("\n")}\n`;
}

/**
 * Puts the table between the markers of a Markdown file.
 *
 * @returns whether the file changed. @throws CommandError when it has no markers, or cannot be read.
 */
export async function writeCoverage(file: string, table: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(`Cannot read ${file}: ${error.message}`, undefined, { cause: error });
  });
  const current = withCoverage(text, table);
  if (current === null) throw new CommandError(`${file} has no place for the table: "${start}" and "${end}".`);
  if (current === text) return false;
  await writeFileAtomically(file, current);
  return true;
}

/** The text with the table between its markers; null when they are not there. */
export function withCoverage(text: string, table: string): string | null {
  const from = text.indexOf(start);
  const to = text.indexOf(end, from);
  if (from === -1 || to === -1) return null;
  return `${text.slice(0, from + start.length)}\n\n${table}\n${text.slice(to)}`;
}
