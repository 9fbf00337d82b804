import { type ControlQuery, servesControl } from "@holdfast/content/controls";
import { expectationsOf } from "@holdfast/content/expression";
import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import { benchmarkReference, findBenchmark } from "@holdfast/content/resolve-benchmark";
import { CommandError } from "../exit.ts";

/** Whether a recommendation is judged, is left to a person, or has no check yet. */
export const portingStatuses = ["ported", "manual", "not_ported"] as const;
export type PortingStatus = (typeof portingStatuses)[number];

export interface ListedRecommendation {
  readonly benchmark: string;
  readonly number: string;
  readonly check: string;
  readonly title: string;
  readonly severity: Check["severity"];
  readonly category: string;
  readonly status: PortingStatus;
  readonly assessment: "automated" | "manual";
  readonly server: number | null;
  readonly workstation: number | null;
}

/** The recommendations of one benchmark, or of all, that have a status and serve a control where these are given, in the order of their documents. */
export function listRecommendations(
  pack: Pack,
  reference: string | undefined,
  status: PortingStatus | undefined,
  control?: ControlQuery,
): ListedRecommendation[] {
  return benchmarksOf(pack, reference)
    .flatMap((benchmark) =>
      benchmark.recommendations.map((row) => ({ benchmark, row, check: pack.checks.get(row.check) })),
    )
    .flatMap(({ benchmark, row, check }) =>
      check === undefined || (control !== undefined && !servesControl(check, control))
        ? []
        : [
            {
              benchmark: benchmarkReference(benchmark),
              ...row,
              title: check.title,
              severity: check.severity,
              category: check.category,
              status: portingStatusOf(check),
            },
          ],
    )
    .filter((item) => status === undefined || item.status === status);
}

/** A check of nothing but questions to a person is manual. */
export function portingStatusOf({ require }: Check): PortingStatus {
  if (require === null) return "not_ported";
  return [...expectationsOf(require)].every(({ kind }) => kind === "manual") ? "manual" : "ported";
}

export function renderList(items: readonly ListedRecommendation[]): string {
  const width = Math.max(0, ...items.map(({ number }) => number.length));
  const rows = items.map(({ number, status, severity, server, workstation, title }) =>
    [
      number.padEnd(width),
      status.padEnd(10),
      severity.padEnd(8),
      `S${server ?? "-"} W${workstation ?? "-"}`,
      title,
    ].join("  "),
  );
  const counts = portingStatuses.map(
    (status) => `${items.filter((item) => item.status === status).length} ${status.replace("_", " ")}`,
  );
  return `${[...rows, `${items.length} recommendations: ${counts.join(", ")}`].join("\n")}\n`;
}

/** @throws CommandError for a reference that the pack does not know. */
export function benchmarksOf(pack: Pack, reference: string | undefined): readonly Benchmark[] {
  if (reference === undefined) return pack.benchmarks;
  const benchmark = findBenchmark(pack, reference);
  if (benchmark !== null) return [benchmark];
  const known = pack.benchmarks.map(benchmarkReference).join(", ");
  throw new CommandError(`No benchmark "${reference}". There is: ${known}.`);
}
