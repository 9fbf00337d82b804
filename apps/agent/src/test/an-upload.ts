import { randomUUID } from "node:crypto";
import type { FactUpload } from "@holdfast/contracts/agent-protocol";
import type { Observation } from "@holdfast/contracts/fact";
import { factSetDigest } from "@holdfast/engine/fact-set";

const policyId = "3f1c8a52-6b0e-4d0f-9a3c-2f9d5f5e7a11";

/** A whole set of 200 facts. */
export function anUpload(over: Partial<FactUpload> = {}): FactUpload {
  const facts = Array.from({ length: 200 }, (_, index): [string, Observation] => [
    `sysctl:a.b${index}`,
    { state: index },
  ]);
  return {
    workItemId: null,
    policyId,
    checkedAt: new Date().toISOString(),
    uploadId: randomUUID(),
    benchmark: "a-benchmark@1.0.0",
    platform: { osType: "linux", id: "debian", idLike: [], version: "12", name: "Debian" },
    agentVersion: "0.1.0",
    base: null,
    digest: factSetDigest(new Map(facts)),
    changed: Object.fromEntries(facts),
    removed: [],
    durationMs: 1,
    ...over,
  };
}
