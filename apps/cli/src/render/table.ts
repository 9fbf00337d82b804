import type { Benchmark } from "@holdfast/content/pack";
import { sectionOf } from "@holdfast/content/section";
import type { Finding } from "@holdfast/contracts/finding";
import type { ScanReport } from "@holdfast/contracts/scan-report";
import { severities } from "@holdfast/contracts/severity";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import type { Style } from "./style.ts";

const worstShown = 10;
const labels: Readonly<Record<FindingStatus, string>> = {
  pass: "pass",
  fail: "FAIL",
  error: "error",
  not_applicable: "n/a",
  manual: "manual",
  not_ported: "not ported",
};

/** The report for people: findings by section, then the worst failures, then the score. Ends with a newline. */
export function renderTable(report: ScanReport, benchmark: Benchmark, style: Style, width = 100): string {
  return `${[
    ...findingsBySection(report, benchmark, style, width),
    ...worstFirst(report.findings, style, width),
    "",
    ...summary(report, benchmark, style),
  ].join("\n")}\n`;
}

/** The most severe failures, at most ten, with what was found. Empty when nothing fails. */
export function worstFirst(findings: readonly Finding[], style: Style, width = 100): string[] {
  const failed = worstFailures(findings);
  if (failed.length === 0) return [];
  const lines = failed.slice(0, worstShown).map((finding) => {
    const severity = severityColour(finding, style)(finding.severity.padEnd(8));
    const found = style.dim(fit(finding.evidence.actual, Math.max(20, width - 15)));
    return `  ${severity}  ${finding.checkId.padEnd(10)} ${finding.title}\n  ${" ".repeat(20)} ${found}`;
  });
  const more = failed.length - worstShown;
  return ["", style.bold("Worst failures"), ...lines, ...(more > 0 ? [style.dim(`  … and ${more} more`)] : [])];
}

/** Failing findings, most severe first, then in the benchmark's order. */
export function worstFailures(findings: readonly Finding[]): Finding[] {
  const rank = (finding: Finding) => severities.indexOf(finding.severity);
  return findings.filter(({ status }) => status === "fail").sort((a, b) => rank(a) - rank(b));
}

/** Score, counts and, when something could not be read, how to get an answer. */
export function summary(report: ScanReport, benchmark: Benchmark, style: Style): string[] {
  const { summary: counts, score, riskLevel } = report;
  const { level, profile } = report.benchmark;
  const title = `${benchmark.title} v${benchmark.version}, Level ${level} – ${profile}`;
  const scored = score === null ? "no score: nothing was evaluated" : `score ${score.toFixed(1)}, risk ${riskLevel}`;
  const lines = [
    style.bold(`${deviceName(report)}: ${scored}`),
    style.dim(title),
    `${counts.pass} pass, ${counts.fail} fail, ${counts.error} error, ${counts.not_applicable} not applicable, ` +
      `${counts.manual} manual, ${counts.not_ported} not ported; ${(report.durationMs / 1000).toFixed(1)} s`,
  ];
  const needRoot = countNeedingRoot(report.findings);
  if (needRoot > 0)
    lines.push(style.yellow(`${needRoot} checks need root to be read: run the same command with sudo.`));
  return lines;
}

/** An image may have no name. */
function deviceName({ device: { hostname, platform } }: ScanReport): string {
  return hostname === "" ? platform : `${hostname} (${platform})`;
}

/** Findings that are `error` only because the scan did not run as root. */
export function countNeedingRoot(findings: readonly Finding[]): number {
  return findings.filter(({ status, message }) => status === "error" && message.includes("needs root")).length;
}

function findingsBySection(report: ScanReport, benchmark: Benchmark, style: Style, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  for (const finding of report.findings) {
    const section = sectionOf(benchmark, finding.checkId);
    if (section !== current) lines.push(...(current === "" ? [] : [""]), style.bold(section));
    current = section;
    lines.push(findingLine(finding, style, width));
  }
  return lines;
}

function findingLine(finding: Finding, style: Style, width: number): string {
  const label = statusColour(finding.status, style)(labels[finding.status].padEnd(10));
  const head = `  ${label} ${finding.checkId.padEnd(10)} ${finding.title}`;
  const reason = finding.status === "pass" || finding.status === "not_ported" ? "" : finding.message;
  return reason === "" ? head : `${head}\n  ${" ".repeat(21)} ${style.dim(fit(reason, Math.max(20, width - 15)))}`;
}

function statusColour(status: FindingStatus, style: Style): (text: string) => string {
  if (status === "pass") return style.green;
  if (status === "fail") return style.red;
  if (status === "error" || status === "manual") return style.yellow;
  return style.dim;
}

function severityColour({ severity }: Finding, style: Style): (text: string) => string {
  if (severity === "critical" || severity === "high") return style.red;
  return severity === "medium" ? style.yellow : style.cyan;
}

function fit(text: string, width: number): string {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}
