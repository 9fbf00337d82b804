import type { ScanReport } from "@holdfast/contracts/scan-report";

const columns = [
  "checkId",
  "status",
  "severity",
  "title",
  "expected",
  "actual",
  "source",
  "message",
  "remediation",
  "ms",
];

/** One line per finding, RFC 4180. Cells that a spreadsheet would run as a formula get a leading apostrophe. */
export function renderCsv(report: ScanReport): string {
  const rows = report.findings.map((finding) => [
    finding.checkId,
    finding.status,
    finding.severity,
    finding.title,
    finding.evidence.expected,
    finding.evidence.actual,
    finding.evidence.source ?? "",
    finding.message,
    finding.remediation,
    String(finding.ms),
  ]);
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
