import type { RiskLevel } from "@holdfast/contracts/scoring";
import type { Severity } from "@holdfast/contracts/severity";
import type { FindingStatus } from "@holdfast/contracts/verdict";

const tone = {
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  good: "bg-good-soft text-good",
  info: "bg-info-soft text-info",
  quiet: "bg-sunken text-muted",
} as const;
type Tone = keyof typeof tone;

const severityTone: Readonly<Record<Severity, Tone>> = { critical: "bad", high: "bad", medium: "warn", low: "info" };
const riskTone: Readonly<Record<RiskLevel, Tone>> = { critical: "bad", high: "bad", medium: "warn", low: "good" };
const statusTone: Readonly<Record<FindingStatus, Tone>> = {
  pass: "good",
  fail: "bad",
  error: "warn",
  manual: "info",
  not_applicable: "quiet",
  not_ported: "quiet",
};

/** The word people read for a status. */
export const statusLabel: Readonly<Record<FindingStatus, string>> = {
  pass: "Pass",
  fail: "Fail",
  error: "Error",
  manual: "Manual",
  not_applicable: "Not applicable",
  not_ported: "Not ported",
};

function Badge({ tone: name, children }: { readonly tone: Tone; readonly children: string }) {
  return (
    <span className={`inline-block rounded-full px-2.5 py-0.5 text-xs font-semibold whitespace-nowrap ${tone[name]}`}>
      {children}
    </span>
  );
}

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return <Badge tone={severityTone[severity]}>{severity}</Badge>;
}

export function StatusBadge({ status }: { readonly status: FindingStatus }) {
  return <Badge tone={statusTone[status]}>{statusLabel[status]}</Badge>;
}

/** Beside a failure that an exception covers. */
export function ExceptedBadge() {
  return <Badge tone="info">Excepted</Badge>;
}

export function RiskBadge({ risk }: { readonly risk: RiskLevel | null }) {
  return risk === null ? (
    <Badge tone="quiet">no risk level</Badge>
  ) : (
    <Badge tone={riskTone[risk]}>{`${risk} risk`}</Badge>
  );
}

export function PresenceBadge({ status }: { readonly status: "online" | "offline" }) {
  return <Badge tone={status === "online" ? "good" : "quiet"}>{status}</Badge>;
}
