import { readFileSync } from "node:fs";
import path from "node:path";
import { loadPack } from "@holdfast/content/load-pack";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import { collectFacts } from "@holdfast/engine/collect";
import { factRequestsOf } from "@holdfast/engine/fact-requests";
import { findingsOf } from "@holdfast/engine/findings";
import { directoryHost } from "@holdfast/engine/hosts/directory";
import { resources } from "@holdfast/engine/registry";
import { repositoryRoot } from "./tracked-files.ts";

/*
 * A whole scan of a directory in a process of its own, so that its memory can be measured and its rights given away:
 * bounded-scan.ts DIRECTORY [UID]. Prints a BoundedScan.
 */
export interface BoundedScan {
  readonly statuses: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, string>>;
  readonly characters: number;
  readonly scanMs: number;
  readonly peakMemoryMiB: number;
}

const [directory = "", uid] = process.argv.slice(2);
const kinds = new Map(resources.map((resource) => [resource.kind, resource]));
const { pack } = await loadPack(path.join(repositoryRoot, "content"), kinds);
const benchmark = findBenchmark(pack, "cis-debian-12");
if (benchmark === null) throw new Error("there is no benchmark for Debian 12");
if (uid !== undefined) {
  process.setgroups?.([]);
  process.setgid?.(Number(uid));
  process.setuid?.(Number(uid));
}
const startedAt = performance.now();
const host = await directoryHost(directory);
let characters = 0;
const counting = {
  ...host,
  async readText(file: string): Promise<string | null> {
    const text = await host.readText(file);
    characters += text?.length ?? 0;
    return text;
  },
};
const { facts } = await collectFacts(counting, factRequestsOf(pack, benchmark));
const findings = findingsOf(pack, benchmark.recommendations, facts);
const peak = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
const scan: BoundedScan = {
  statuses: Object.fromEntries(findings.map(({ checkId, status }) => [checkId, status])),
  messages: Object.fromEntries(findings.map(({ checkId, message }) => [checkId, message])),
  characters,
  scanMs: performance.now() - startedAt,
  peakMemoryMiB: Number(peak) / 1024,
};
process.stdout.write(JSON.stringify(scan));
