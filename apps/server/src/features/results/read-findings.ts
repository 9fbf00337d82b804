import type { Check, Pack, Recommendation } from "@holdfast/content/pack";
import type { Finding } from "@holdfast/contracts/finding";
import { statusFromCode } from "@holdfast/contracts/verdict";
import { findingsOf } from "@holdfast/engine/findings";
import type { Tx } from "../../context.ts";
import { leftOut } from "./judge-facts.ts";
import { type Judgement, selectFacts, selectLayout } from "./queries.ts";

/** A finding with the recommendation and check behind it; null where the content has them no more. */
export interface ReadFinding {
  readonly finding: Finding;
  readonly recommendation: Recommendation | null;
  readonly check: Check | null;
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
 * What was found: the verdicts as stored, their evidence worked out again from the stored facts. A verdict that today's
 * content would not give keeps its place and says so.
 */
export async function readFindings(tx: Tx, judgement: Judgement): Promise<ReadFindings> {
  if (judgement.layoutId === null)
    return { benchmark: null, findings: [{ finding: noBenchmark(), recommendation: null, check: null }] };
  const layout = await selectLayout(tx, judgement.layoutId);
  const { pack } = tx.services;
  const benchmark = pack.benchmarks.find(({ id, version }) => id === layout.benchmark && version === layout.version);
  const byNumber = new Map(benchmark?.recommendations.map((item) => [item.number, item]));
  const numbers = layout.numbers.filter((_, place) => (judgement.statuses[place] ?? leftOut) !== leftOut);
  const known = numbers.flatMap((number) => byNumber.get(number) ?? []).filter(({ check }) => pack.checks.has(check));
  const facts = await selectFacts(tx, judgement.factSetId);
  const judged = new Map(findingsOf(pack, known, facts).map((finding) => [finding.checkId, finding]));
  const findings = layout.numbers.flatMap((number, place) => {
    const code = judgement.statuses[place] ?? leftOut;
    if (code === leftOut) return [];
    const recommendation = byNumber.get(number) ?? null;
    const finding = asStored(judged.get(number) ?? unknownFinding(number), statusFromCode(code));
    return [{ finding, recommendation, check: checkOf(pack, recommendation) }];
  });
  const { benchmark: id, version, title } = layout;
  return { benchmark: { id, version, title, sections: benchmark?.sections ?? {} }, findings };
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

function unknownFinding(number: string): Finding {
  return bare(number, `Recommendation ${number}`, "error", "This recommendation is not in the present content.");
}

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
