import { fileURLToPath } from "node:url";
import { type Expectation, expectationsOf } from "@holdfast/content/expression";
import { loadPack } from "@holdfast/content/load-pack";
import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import { resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import type { Facts } from "@holdfast/contracts/fact";
import type { Finding } from "@holdfast/contracts/finding";
import type { Verdict } from "@holdfast/contracts/verdict";
import { collectFacts } from "../collect.ts";
import { factRequestsOf } from "../fact-requests.ts";
import { findingsOf } from "../findings.ts";
import type { Host } from "../host.ts";
import { judgeCheck } from "../judge.ts";
import { resources } from "../registry.ts";

const contentDir = fileURLToPath(new URL("../../../../content", import.meta.url));

export interface MachineScan {
  /** The benchmark its platform resolved to. */
  readonly benchmark: string;
  /** By recommendation number, in the order of the document. */
  readonly findings: ReadonlyMap<string, Finding>;
}

async function loadContent(): Promise<Pack> {
  return (await loadPack(contentDir, new Map(resources.map((resource) => [resource.kind, resource])))).pack;
}

/** Collects what this repository's content has for the machine's platform. */
async function observe(host: Host, pack: Pack): Promise<{ benchmark: Benchmark; facts: Facts }> {
  const platform = await host.platform();
  const benchmark = resolveBenchmark(pack, platform);
  if (benchmark === null) throw new RangeError(`no benchmark for ${platform.id} ${platform.version}`);
  const { facts } = await collectFacts(host, factRequestsOf(pack, benchmark));
  return { benchmark, facts };
}

/** Scans a machine with the whole benchmark that this repository's content has for its platform. */
export async function scanMachine(host: Host): Promise<MachineScan> {
  const pack = await loadContent();
  const { benchmark, facts } = await observe(host, pack);
  const findings = findingsOf(pack, benchmark.recommendations, facts);
  return { benchmark: benchmark.id, findings: new Map(findings.map((finding) => [finding.checkId, finding])) };
}

/**
 * What each kind says on the machines of what their benchmarks ask: of every expectation by itself, whether its check
 * applies or not.
 */
export async function verdictsByKind(hosts: readonly Host[]): Promise<ReadonlyMap<string, ReadonlySet<Verdict>>> {
  const pack = await loadContent();
  const seen = new Map<string, Set<Verdict>>();
  for (const host of hosts) {
    const { benchmark, facts } = await observe(host, pack);
    const context = { facts, conditions: pack.conditions };
    for (const { check: id } of benchmark.recommendations) {
      const check = pack.checks.get(id);
      for (const expectation of check?.require == null ? [] : expectationsOf(check.require)) {
        const alone = { ...check, applies: [], require: { expectation: withoutCondition(expectation) } } as Check;
        const verdicts = seen.get(expectation.kind) ?? new Set();
        seen.set(expectation.kind, verdicts.add(judgeCheck(alone, context).verdict as Verdict));
      }
    }
  }
  return new Map([...seen].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutCondition({ when: _, ...expectation }: Expectation): Expectation {
  return expectation;
}
