import { fileURLToPath } from "node:url";
import { loadPack } from "@holdfast/content/load-pack";
import { resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import type { Finding } from "@holdfast/contracts/finding";
import { collectFacts } from "../collect.ts";
import { factRequestsOf } from "../fact-requests.ts";
import { findingsOf } from "../findings.ts";
import type { Host } from "../host.ts";
import { resources } from "../registry.ts";

const contentDir = fileURLToPath(new URL("../../../../content", import.meta.url));

export interface MachineScan {
  /** The benchmark its platform resolved to. */
  readonly benchmark: string;
  /** By recommendation number, in the order of the document. */
  readonly findings: ReadonlyMap<string, Finding>;
}

/** Scans a machine with the whole benchmark that this repository's content has for its platform. */
export async function scanMachine(host: Host): Promise<MachineScan> {
  const { pack } = await loadPack(contentDir, new Map(resources.map((resource) => [resource.kind, resource])));
  const platform = await host.platform();
  const benchmark = resolveBenchmark(pack, platform);
  if (benchmark === null) throw new RangeError(`no benchmark for ${platform.id} ${platform.version}`);
  const { facts } = await collectFacts(host, factRequestsOf(pack, benchmark));
  const findings = findingsOf(pack, benchmark.recommendations, facts);
  return { benchmark: benchmark.id, findings: new Map(findings.map((finding) => [finding.checkId, finding])) };
}
