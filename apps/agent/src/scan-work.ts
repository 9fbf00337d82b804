import { randomUUID } from "node:crypto";
import type { Pack } from "@holdfast/content/pack";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import type { FactUpload, ScanItem } from "@holdfast/contracts/agent-protocol";
import type { Facts } from "@holdfast/contracts/fact";
import { collectFacts } from "@holdfast/engine/collect";
import { factRequestsOf } from "@holdfast/engine/fact-requests";
import { factSetDigest } from "@holdfast/engine/fact-set";
import type { Host } from "@holdfast/engine/host";
import { agentVersion } from "./agent-version.ts";
import { uploadable } from "./uploadable.ts";

/** What to scan and for whom. */
export interface ScanOrder {
  /** Null for a scan the agent makes by its schedule. */
  readonly workItemId: string | null;
  readonly policyId: string;
  /** Null when there is none for this device: only the platform is reported. */
  readonly benchmark: string | null;
}

/** The order cannot be carried out here; the message says why, for the people who gave it. */
export class ScanImpossible extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ScanImpossible";
  }
}

export interface ScannerOptions {
  readonly host: Host;
  readonly pack: Pack;
  readonly onProgress: (workItemId: string, done: number, total: number) => void;
}

/** Carries out orders one after another. Orders of one batch share the facts of a benchmark: the machine is read once. */
export interface Scanner {
  /** The whole set, ready to send. @throws ScanImpossible */
  scan(order: ScanOrder): Promise<FactUpload>;
}

const progressIntervalMs = 200;

/** For one batch of orders; make a new one for the next. */
export function startScanner({ host, pack, onProgress }: ScannerOptions): Scanner {
  const collected = new Map<string | null, Promise<Reading>>();
  return {
    async scan({ workItemId, policyId, benchmark }) {
      let reading = collected.get(benchmark);
      if (reading === undefined) {
        reading = readFacts(host, pack, benchmark, throttled(workItemId, onProgress));
        collected.set(benchmark, reading);
      }
      const { facts, checkedAt, durationMs } = await reading;
      return {
        workItemId,
        policyId,
        checkedAt,
        uploadId: randomUUID(),
        benchmark: benchmark ?? "",
        platform: await host.platform(),
        agentVersion,
        base: null,
        digest: factSetDigest(facts),
        changed: Object.fromEntries(facts),
        removed: [],
        durationMs,
      };
    },
  };
}

export function orderOf({ id, policyId, benchmark }: ScanItem): ScanOrder {
  return { workItemId: id, policyId, benchmark };
}

interface Reading {
  readonly facts: Facts;
  readonly checkedAt: string;
  readonly durationMs: number;
}

/** Every fact of the benchmark, whatever the policy's level and profile, so that one set serves all policies. */
async function readFacts(
  host: Host,
  pack: Pack,
  reference: string | null,
  onProgress: (done: number, total: number) => void,
): Promise<Reading> {
  const startedAt = performance.now();
  const benchmark = reference === null ? null : findBenchmark(pack, reference);
  if (reference !== null && benchmark === null)
    throw new ScanImpossible(`This agent (${agentVersion}) does not have ${reference.slice(0, 100)}; update it.`);
  const requests = benchmark === null ? [] : factRequestsOf(pack, benchmark);
  const { facts } = await collectFacts(host, requests, { onProgress });
  return {
    facts: uploadable(facts),
    checkedAt: new Date().toISOString(),
    durationMs: Math.round(performance.now() - startedAt),
  };
}

/** At most five times a second, and the last one always. */
function throttled(
  workItemId: string | null,
  onProgress: ScannerOptions["onProgress"],
): (done: number, total: number) => void {
  let next = 0;
  return (done, total) => {
    const now = performance.now();
    if (workItemId === null || (now < next && done < total)) return;
    next = now + progressIntervalMs;
    onProgress(workItemId, done, total);
  };
}
