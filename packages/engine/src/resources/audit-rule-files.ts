import { posix } from "node:path";
import type { Host } from "../host.ts";
import { optionsOfLine } from "./audit-rule-syntax.ts";
import { readUnitCommands } from "./unit-commands.ts";

/** A line of a rules file that is neither blank nor a comment. */
export interface RuleLine {
  readonly rule: string;
  /** e.g. "/etc/audit/rules.d/50-identity.rules:3". */
  readonly source: string;
}

const directory = "/etc/audit/rules.d";
const compiled = "/etc/audit/audit.rules";

/**
 * The rules that are loaded at boot, in order: those of /etc/audit/rules.d/*.rules, from which augenrules(8) makes
 * audit.rules anew, an empty one when there are none; or those of audit.rules itself, when that directory is absent or
 * the service loads the file without augenrules. Empty when there are no rules at all.
 *
 * @throws UnreadableError
 */
export async function readRulesOnDisk(host: Host): Promise<readonly RuleLine[]> {
  const listed = await host.list(directory);
  if (listed === null || !(await isMadeByAugenrules(host))) return afterLastDeletion(await readLines(host, compiled));
  const names = listed.filter((name) => name.endsWith(".rules") && !name.startsWith(".")).sort(inVersionOrder);
  const files = await Promise.all(names.map((name) => readLines(host, `${directory}/${name}`)));
  // A bare -D is moved to the top by augenrules, wherever it stands, and so deletes nothing of these files.
  return files.flat().filter(({ rule }) => !isDeletion(rule));
}

/** Whether the line stands in audit.rules itself, which is read as it is: augenrules moves nothing in it. */
export function isInCompiledFile({ source }: RuleLine): boolean {
  return source.startsWith(`${compiled}:`);
}

/**
 * Whether augenrules runs at boot: audit-rules.service calls it since audit 4.0, auditd.service itself before. A unit can
 * call auditctl instead; where none does either, it is augenrules, which every distribution ships with.
 */
async function isMadeByAugenrules(host: Host): Promise<boolean> {
  const commands = [
    ...(await readUnitCommands(host, "audit-rules.service")),
    ...(await readUnitCommands(host, "auditd.service")),
  ];
  const calls = (program: string) => commands.some(({ path }) => posix.basename(path) === program);
  return calls("augenrules") || !calls("auditctl");
}

async function readLines(host: Host, path: string): Promise<RuleLine[]> {
  const text = await host.readText(path);
  return (text ?? "")
    .split("\n")
    .map((line, index) => ({ rule: line.trim(), source: `${path}:${index + 1}` }))
    .filter(({ rule }) => rule !== "" && !rule.startsWith("#"));
}

function afterLastDeletion(lines: readonly RuleLine[]): readonly RuleLine[] {
  return lines.slice(lines.findLastIndex(({ rule }) => isDeletion(rule)) + 1);
}

function isDeletion(line: string): boolean {
  const [first, ...rest] = optionsOfLine(line);
  return first?.[0] === "-D" && rest.length === 0;
}

/** As `ls -v` sorts: runs of digits by their number, so that 9-x comes before 10-x. */
function inVersionOrder(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    const [one = "", other = ""] = [left[at], right[at]];
    const bothNumbers = /^\d/.test(one) && /^\d/.test(other);
    if (bothNumbers && BigInt(one) !== BigInt(other)) return BigInt(one) < BigInt(other) ? -1 : 1;
    if (!bothNumbers && one !== other) return one < other ? -1 : 1;
  }
  return a < b ? -1 : 1;
}

function partsOf(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}
