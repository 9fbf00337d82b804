import type { Check, Pack, Recommendation } from "@holdfast/content/pack";
import type { Finding } from "@holdfast/contracts/finding";
import { statusFromCode } from "@holdfast/contracts/verdict";
import { factRequestsOfChecks } from "@holdfast/engine/fact-requests";
import { findingsOf } from "@holdfast/engine/findings";
import type { Tx } from "../../context.ts";
import { type Exception, selectInForce } from "../exceptions/queries.ts";
import { valuesOf } from "../policies/site-values.ts";
import { type ImportedFinding, selectImportedFindings } from "./imported-findings.ts";
import { leftOut } from "./outcome.ts";
import { type JudgedResult, selectFacts, selectLayout } from "./queries.ts";

/** A finding with the recommendation and check behind it; null where the content has them no more. */
export interface ReadFinding {
  readonly finding: Finding;
  readonly recommendation: Recommendation | null;
  readonly check: Check | null;
  /** The exception that covers its failure now; null for every other status. */
  readonly exception: Pick<Exception, "id" | "reason" | "expiresAt"> | null;
  /** As another scanner gave it; null: judged by us. */
  readonly imported: ImportedFinding | null;
}

export interface ReadFindings {
  /** null: no benchmark fits the device. */
  readonly benchmark: {
    readonly id: string;
    readonly version: string;
    readonly title: string;
    readonly sections: Readonly<Record<string, string>>;
  } | null;
  /** In the order of the benchmark. */
  readonly findings: ReadFinding[];
}

/**
 * What was found: the verdicts as stored, their evidence worked out again from the stored facts and site values. A verdict that today's
 * content would not give keeps its place and says so.
 *
 * @param only of these numbers alone.
 */
export async function readFindings(tx: Tx, result: JudgedResult, only?: ReadonlySet<string>): Promise<ReadFindings> {
  if (result.layoutId === null) return { benchmark: null, findings: [{ ...nothingBehind, finding: noBenchmark() }] };
  const layout = await selectLayout(tx, result.layoutId);
  const { pack } = tx.services;
  const benchmark = pack.benchmarks.find(({ id, version }) => id === layout.benchmark && version === layout.version);
  const recommendations = new Map(benchmark?.recommendations.map((item) => [item.number, item]));
  const codes = new Map(layout.numbers.map((number, place) => [number, result.statuses[place] ?? leftOut]));
  const evaluated = layout.numbers.filter(
    (number) => codes.get(number) !== leftOut && (only === undefined || only.has(number)),
  );
  const found = await foundIn(tx, result, evaluated, recommendations);
  const exceptions = await selectInForce(tx, result.deviceId, layout.benchmark);
  const findings = evaluated.map((number) => {
    const recommendation = recommendations.get(number) ?? null;
    const { finding, imported } = found.get(number) ?? { finding: unknownFinding(number), imported: null };
    const stored = asStored(finding, statusFromCode(codes.get(number) ?? leftOut));
    const exception = stored.status === "fail" ? (exceptions.get(number) ?? null) : null;
    return { finding: stored, recommendation, check: checkOf(pack, recommendation), exception, imported };
  });
  const { benchmark: id, version, title } = layout;
  return { benchmark: { id, version, title, sections: benchmark?.sections ?? {} }, findings };
}

type Found = Pick<ReadFinding, "finding" | "imported">;

async function foundIn(
  tx: Tx,
  { factSetId, importedResultId, parameters }: JudgedResult,
  numbers: readonly string[],
  recommendations: ReadonlyMap<string, Recommendation>,
): Promise<Map<string, Found>> {
  const { pack } = tx.services;
  if (importedResultId !== null) {
    const given = await selectImportedFindings(tx, importedResultId);
    return new Map(
      given.map((imported) => {
        const check = checkOf(pack, recommendations.get(imported.checkId) ?? null);
        return [imported.checkId, { finding: importedFinding(imported, check), imported }];
      }),
    );
  }
  if (factSetId === null) return new Map();
  const known = numbers
    .flatMap((number) => recommendations.get(number) ?? [])
    .filter(({ check }) => pack.checks.has(check));
  const needed = factRequestsOfChecks(
    pack,
    known.map(({ check }) => check),
  ).map(({ address }) => address);
  const facts = await selectFacts(tx, factSetId, needed);
  const judged = findingsOf(pack, known, facts, undefined, valuesOf({ parameters }));
  return new Map(judged.map((finding) => [finding.checkId, { finding, imported: null }]));
}

/** Our short name of the section a recommendation is in; the number's first part when it has none. */
export function sectionOf(sections: Readonly<Record<string, string>>, number: string): string {
  const parts = number.split(".");
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const name = sections[parts.slice(0, length).join(".")];
    if (name !== undefined) return name;
  }
  return parts[0] ?? number;
}

function checkOf(pack: Pack, recommendation: Recommendation | null): Check | null {
  return recommendation === null ? null : (pack.checks.get(recommendation.check) ?? null);
}

function asStored(finding: Finding, status: Finding["status"]): Finding {
  if (finding.status === status) return finding;
  const message = "Judged with other content than today's; scan again for its present verdict.";
  return { ...finding, status, message };
}

function importedFinding(given: ImportedFinding, check: Check | null): Finding {
  const { checkId, status } = given;
  return {
    ...bare(checkId, given.title ?? check?.title ?? `Recommendation ${checkId}`, status, given.message ?? ""),
    severity: given.severity ?? check?.severity ?? "medium",
    remediation: check?.remediation ?? "",
  };
}

function unknownFinding(number: string): Finding {
  return bare(number, `Recommendation ${number}`, "error", "This recommendation is not in the present content.");
}

const nothingBehind = { recommendation: null, check: null, exception: null, imported: null } as const;

/** What a device gets that no benchmark is written for. */
export function noBenchmark(): Finding {
  return bare(
    "benchmark",
    "A benchmark for this device",
    "error",
    "There is no benchmark for this device's platform that the policy allows, so nothing was evaluated.",
  );
}

function bare(checkId: string, title: string, status: Finding["status"], message: string): Finding {
  const evidence = { expected: "", actual: "", source: null, details: [] };
  return { checkId, title, severity: "high", status, evidence, message, remediation: "", ms: 0 };
}
