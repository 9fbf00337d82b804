import type { Check, Pack } from "@holdfast/content/pack";
import type { OsType, Platform } from "@holdfast/contracts/platform";
import type { Severity } from "@holdfast/contracts/severity";
import { benchmarkFor } from "../policies/benchmark-for.ts";
import type { Policy } from "../policies/policy.ts";
import type { ImportedFinding } from "./imported-findings.ts";
import type { IsSwitchedOff } from "./judge-facts.ts";
import { type Judged, judgedPlaces } from "./outcome.ts";

/** The severity of an imported finding that names none and that our content does not know. */
const unknownSeverity: Severity = "medium";

/**
 * Counts and scores what another scanner found as the policy would: its exclusions and the checks that are switched off
 * are left out, its scoring holds. The verdicts stay as given. Pure.
 */
export function judgeImported(
  pack: Pack,
  policy: Policy,
  platform: Platform,
  findings: readonly ImportedFinding[],
  isSwitchedOff: IsSwitchedOff,
): Judged {
  const benchmark = importedBenchmark(pack, policy, platform);
  const excluded = new Set(policy.exclusions);
  const places = findings.map(({ checkId, severity, status }) => ({
    number: checkId,
    severity: severity ?? benchmark.checkOf(checkId)?.severity ?? unknownSeverity,
    status: excluded.has(checkId) || isSwitchedOff(benchmark.id, checkId) ? null : status,
  }));
  return judgedPlaces(benchmark, places, policy);
}

export interface ImportedBenchmark {
  readonly id: string;
  readonly version: string;
  readonly title: string;
  /** Our check of a number; null when the content has none. */
  checkOf(number: string): Check | null;
}

/** The benchmark whose numbers a scanner's are taken for: the one we would judge by; without one, a stand-in. */
export function importedBenchmark(pack: Pack, policy: Policy, platform: Platform): ImportedBenchmark {
  const benchmark = benchmarkFor(pack, policy, platform);
  if (benchmark === null) return { ...standIn(policy.osType), checkOf: () => null };
  const { id, version, title, recommendations } = benchmark;
  const byNumber = new Map(recommendations.map(({ number, check }) => [number, pack.checks.get(check) ?? null]));
  return { id, version, title, checkOf: (number) => byNumber.get(number) ?? null };
}

function standIn(osType: OsType): { readonly id: string; readonly version: string; readonly title: string } {
  return { id: `imported-${osType}`, version: "", title: "Imported results" };
}
