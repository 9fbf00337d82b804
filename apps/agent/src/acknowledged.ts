import { createHash } from "node:crypto";
import path from "node:path";
import { FactUpload } from "@holdfast/contracts/agent-protocol";
import type { Facts, Observation } from "@holdfast/contracts/fact";
import { canonicalJson } from "@holdfast/contracts/json";
import { Type } from "typebox";
import { readStateFile, writeStateFile } from "./state-file.ts";

const Stored = Type.Object({ digest: FactUpload.properties.digest, facts: FactUpload.properties.changed });

/** The last set of facts of one benchmark that the server acknowledged, with its digest. */
export interface AcknowledgedSet {
  readonly digest: string;
  readonly facts: Facts;
}

/** Null when there is none yet: then the whole set is sent. */
export async function readAcknowledged(stateDir: string, benchmark: string): Promise<AcknowledgedSet | null> {
  const stored = await readStateFile(fileIn(stateDir, benchmark), Stored);
  if (stored === null) return null;
  // The schema has held each to be an observation; its state is JSON since it was parsed.
  const facts = Object.entries(stored.facts) as [string, Observation][];
  return { digest: stored.digest, facts: new Map(facts) };
}

export async function writeAcknowledged(
  stateDir: string,
  benchmark: string,
  { digest, facts }: AcknowledgedSet,
): Promise<void> {
  await writeStateFile(fileIn(stateDir, benchmark), { digest, facts: Object.fromEntries(facts) });
}

/** What makes the second set of the first: what to put and what to take away. */
export function differenceOf(from: Facts, to: Facts): { changed: Record<string, Observation>; removed: string[] } {
  const changed = [...to].filter(([address, observation]) => {
    const before = from.get(address);
    return before === undefined || canonicalJson(before) !== canonicalJson(observation);
  });
  return { changed: Object.fromEntries(changed), removed: [...from.keys()].filter((address) => !to.has(address)) };
}

/** Named by a hash: a benchmark's reference comes from the server and is no file name. */
function fileIn(stateDir: string, benchmark: string): string {
  const name = createHash("sha256").update(benchmark).digest("hex").slice(0, 16);
  return path.join(stateDir, "acknowledged", `${name}.json`);
}
