import { Value } from "typebox/value";
import { BenchmarkFile } from "./benchmark-file.ts";
import { suggestion } from "./nearest-name.ts";
import type { Benchmark, Recommendation } from "./pack.ts";
import type { Problem } from "./problem.ts";
import { shapeProblems } from "./shape-problems.ts";
import type { YamlSource } from "./yaml-source.ts";

/** The benchmark a file holds; null when its shape is wrong. Rows that are wrong by themselves are left out and told. */
export function compileBenchmark(
  source: YamlSource,
  checkIds: readonly string[],
  problems: Problem[],
): Benchmark | null {
  const raw = source.value;
  if (!Value.Check(BenchmarkFile, raw)) {
    if (source.problems.length === 0 || raw !== null) problems.push(...shapeProblems(source, [], BenchmarkFile, raw));
    return null;
  }
  const expectedFile = `benchmarks/${raw.id}/${raw.version}.yaml`;
  if (source.file !== expectedFile)
    problems.push(
      source.problemAt(["id"], `the id and version belong in ${expectedFile}; rename the file or correct them`),
    );
  const known = new Set(checkIds);
  const recommendations: Recommendation[] = [];
  const seen = new Map<string, number>();
  for (const [index, row] of raw.recommendations.entries()) {
    const path = ["recommendations", index];
    const report = (message: string) => problems.push(source.problemAt(path, `${row.number}: ${message}`));
    const firstIndex = seen.get(row.number);
    seen.set(row.number, firstIndex ?? index);
    const last = recommendations.at(-1);
    const recommendation: Recommendation = {
      number: row.number,
      check: row.check,
      server: row.server ?? null,
      workstation: row.workstation ?? null,
      assessment: row.assessment,
    };
    if (firstIndex !== undefined)
      report(`this number is already on line ${source.lineAt(["recommendations", firstIndex])}`);
    else if (!known.has(row.check)) report(`no check "${row.check}"${suggestion(row.check, checkIds)}`);
    else if (recommendation.server === null && recommendation.workstation === null)
      report("is in no profile; give it a server or a workstation level");
    else if (last !== undefined && compareNumbers(last.number, row.number) > 0)
      report(`comes after ${last.number}; keep the rows in the order of the document`);
    else if (sectionOf(raw.sections, row.number) === null) report("is in no section; name its section under sections");
    else recommendations.push(recommendation);
  }
  return { ...raw, recommendations };
}

/** The nearest section a number is in, e.g. "3.3" for "3.3.1" when named, else "3"; null when none is. */
export function sectionOf(sections: Readonly<Record<string, string>>, number: string): string | null {
  for (let parts = number.split(".").slice(0, -1); parts.length > 0; parts = parts.slice(0, -1)) {
    const prefix = parts.join(".");
    if (sections[prefix] !== undefined) return prefix;
  }
  return null;
}

/** By each part as a number: 1.1.10 comes after 1.1.9. */
function compareNumbers(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (const [place, value] of left.entries()) {
    const other = right[place];
    if (other === undefined) return 1;
    if (value !== other) return value - other;
  }
  return left.length - right.length;
}
