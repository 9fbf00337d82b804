import type { DeviceFinding } from "@holdfast/contracts/own-api";
import { type Severity, severities } from "@holdfast/contracts/severity";
import { type FindingStatus, findingStatuses } from "@holdfast/contracts/verdict";

/** What narrows the findings shown, kept in the address so that a view can be linked to. `open`: a finding to unfold. */
export interface FindingFilters {
  readonly status?: FindingStatus | undefined;
  readonly severity?: Severity | undefined;
  readonly text?: string | undefined;
  readonly open?: string | undefined;
  readonly policy?: string | undefined;
}

export function findingFiltersOf(search: Record<string, unknown>): FindingFilters {
  const text = (name: string) => (typeof search[name] === "string" && search[name] !== "" ? search[name] : undefined);
  return {
    status: findingStatuses.find((status) => status === search["status"]),
    severity: severities.find((severity) => severity === search["severity"]),
    text: text("text"),
    open: text("open") ?? (typeof search["open"] === "number" ? String(search["open"]) : undefined),
    policy: text("policy"),
  };
}

/** Findings that meet every filter, in the order given. Text is looked for in number, title, category, controls and what was found. */
export function filterFindings(
  findings: readonly DeviceFinding[],
  { status, severity, text }: FindingFilters,
): readonly DeviceFinding[] {
  const wanted = text?.trim().toLowerCase() ?? "";
  return findings.filter(
    (finding) =>
      (status === undefined || finding.status === status) &&
      (severity === undefined || finding.severity === severity) &&
      (wanted === "" || searchText(finding).includes(wanted)),
  );
}

function searchText({ checkId, title, category, section, message, evidence, controls }: DeviceFinding): string {
  return [checkId, title, category, section, message, evidence.actual, ...controls].join("\n").toLowerCase();
}
