import type { FactAddress, Observation } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import { type Host, UnreadableError } from "./host.ts";
import { findResource } from "./registry.ts";
import { sharedReads } from "./shared-reads.ts";

/** One fact to read. */
export interface FactRequest {
  readonly kind: string;
  readonly target: Json;
  readonly address: FactAddress;
}

export interface CollectOptions {
  /** For one fact; default 30,000. Kinds that walk the file systems have a longer one of their own. */
  readonly factTimeoutMs?: number;
  /** For the whole scan; default 300,000. What is not read by then is an `error` "timeout". */
  readonly deadlineMs?: number;
  /** How many facts are read at once; default 8. */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Collected {
  readonly facts: ReadonlyMap<FactAddress, Observation>;
  /** Milliseconds each fact took; a shared read is paid by the fact that asked first. */
  readonly costMs: ReadonlyMap<FactAddress, number>;
}

/** Reads facts from a host, each once, sharing reads. Never throws for what cannot be read: that is an observation too. */
export async function collectFacts(
  host: Host,
  requests: Iterable<FactRequest>,
  options: CollectOptions = {},
): Promise<Collected> {
  const { factTimeoutMs = 30_000, deadlineMs = 300_000, concurrency = 8, onProgress } = options;
  const queue = [...new Map([...requests].map((request) => [request.address, request])).values()];
  const total = queue.length;
  const shared = sharedReads(host);
  const facts = new Map<FactAddress, Observation>();
  const costMs = new Map<FactAddress, number>();
  const endsAt = performance.now() + deadlineMs;
  async function worker(): Promise<void> {
    for (let request = queue.shift(); request !== undefined; request = queue.shift()) {
      const startedAt = performance.now();
      const longestMs = Math.max(factTimeoutMs, findResource(request.kind)?.readTimeoutMs ?? 0);
      const budgetMs = Math.min(longestMs, endsAt - startedAt);
      facts.set(request.address, await observe(shared, request, budgetMs));
      costMs.set(request.address, performance.now() - startedAt);
      onProgress?.(facts.size, total);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { facts: new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1))), costMs };
}

async function observe(host: Host, { kind, target, address }: FactRequest, budgetMs: number): Promise<Observation> {
  const resource = findResource(kind);
  if (resource === null) return failed("unsupported", `This version does not know the resource kind "${kind}".`);
  if (budgetMs <= 0) return failed("timeout", `${address}: the scan's deadline passed before it was read`);
  let timer: NodeJS.Timeout | undefined;
  try {
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new UnreadableError("timeout", `${address}: no answer in ${Math.round(budgetMs)} ms`)),
        budgetMs,
      );
    });
    const state = await Promise.race([resource.read(host, target as never), timeout]);
    // Resources declare plain-JSON states (see AnyResource); the contract test holds them to it.
    return { state: state as Json };
  } catch (error) {
    if (error instanceof UnreadableError) return failed(error.code, error.message);
    return failed("invalid", `${address}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

function failed(code: UnreadableError["code"], message: string): Observation {
  return { error: { code, message: message.slice(0, 500) } };
}
