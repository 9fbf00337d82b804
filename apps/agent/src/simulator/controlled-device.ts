import type { Pack } from "@holdfast/content/pack";
import { benchmarkReference, resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import { wakeUp } from "../wake-up.ts";
import type { CompleteRemediationRequest, ControlRequest, VerdictsRequest } from "./control-requests.ts";
import type { FactSource } from "./fact-source.ts";
import { type OrderBook, orderBook } from "./order-book.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

export interface ControlledOptions {
  readonly device: SimulatedDevice;
  readonly source: FactSource;
  readonly pack: Pack;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A device that reports nothing by itself: it takes orders and does what the control channel says. */
export interface ControlledDevice {
  /** Opens its socket; from then on orders come. */
  start(): Promise<void>;
  /** @throws Error with a sentence for the answer. */
  carryOut(request: ControlRequest): Promise<unknown>;
}

const usualTimeoutMs = 10_000;
const pollMs = 60_000;

export function controlledDevice(options: ControlledOptions): ControlledDevice {
  const { device, source, pack, signal } = options;
  const book = orderBook(signal);
  const benchmarks = new Map<string, string | null>();
  const claim = claimer(options, book);
  let reporting: Promise<unknown> = Promise.resolve();

  /** The benchmark the server judges the device by; what an order or the schedule says, else the platform's. */
  async function benchmarkOf(policyId: string): Promise<string | null> {
    const order = book.openScan(policyId);
    if (order !== null) benchmarks.set(policyId, order.benchmark);
    const known = benchmarks.get(policyId);
    if (known !== undefined) return known;
    const scheduled = (await device.readSchedule()).policies.find((policy) => policy.policyId === policyId);
    if (scheduled !== undefined) return scheduled.benchmark;
    const fitting = resolveBenchmark(pack, device.platform);
    return fitting === null ? null : benchmarkReference(fitting);
  }

  async function reportVerdicts({ policyId, verdicts, checkedAt }: VerdictsRequest): Promise<{ resultId: string }> {
    const at = checkedAt === undefined ? new Date() : new Date(checkedAt);
    if (Number.isNaN(at.getTime())) throw new Error(`checkedAt is no time: ${checkedAt}`);
    // The order this answers may be on its way still.
    await claim.now();
    const benchmark = await benchmarkOf(policyId);
    const before = (await device.lastFacts(benchmark)) ?? source.complying(benchmark);
    const changed = source.changed(benchmark, before, verdicts);
    if ("impossible" in changed) throw new Error(impossible(changed.impossible, verdicts, benchmark));
    const { facts } = changed;
    const resultId = await device.report({
      order: book.openScan(policyId),
      policyId,
      benchmark,
      facts,
      checkedAt: checkedAt === undefined ? new Date() : at,
    });
    book.scanAnswered(policyId);
    return { resultId };
  }

  async function complete(request: CompleteRemediationRequest): Promise<{ reported: true }> {
    const { actionId, success, error, beforeState, afterState, rollbackHint } = request;
    await claim.now();
    await device.reportRemediation(actionId, {
      success,
      ...(error === undefined ? {} : { error }),
      ...(beforeState === undefined ? {} : { beforeState }),
      ...(afterState === undefined ? {} : { afterState }),
      ...(rollbackHint === undefined ? {} : { rollbackHint }),
      ...(success ? { executionId: `simulated-${actionId}` } : {}),
    });
    return { reported: true };
  }

  return {
    start: claim.start,
    carryOut(request) {
      switch (request.op) {
        case "awaitScan":
          return book.nextScan(request.policyId.toLowerCase(), request.timeoutMs ?? usualTimeoutMs);
        case "awaitRemediation":
          return book.remediation(request.actionId.toLowerCase(), request.timeoutMs ?? usualTimeoutMs);
        case "completeRemediation":
          return complete(request);
        case "verdicts": {
          // One after the other: each builds on what the one before left.
          const reported = reporting.then(() =>
            reportVerdicts({ ...request, policyId: request.policyId.toLowerCase() }),
          );
          reporting = reported.catch(() => undefined);
          return reported;
        }
      }
    },
  };
}

/**
 * Fetches orders when the server says that there are some. It has no word for "the same scan was asked for again": such an
 * order is fetched by connecting anew, as then the server offers again what has not been answered.
 */
function claimer({ device, signal, log }: ControlledOptions, book: OrderBook) {
  const alarm = wakeUp(signal);
  let claiming: Promise<unknown> = Promise.resolve();
  /** The server nudges once whenever a socket opens; that says nothing. */
  let isFirstNudge = true;
  let wasNudged = false;
  const connect = (): Promise<void> =>
    device.connect({
      onConnect() {
        isFirstNudge = true;
        alarm.ring();
      },
      onWork() {
        wasNudged ||= !isFirstNudge;
        isFirstNudge = false;
        alarm.ring();
      },
    });
  const now = (): Promise<number> => {
    const claimed = claiming.then(async () => {
      const items = await device.claim();
      book.receive(items);
      return items.length;
    });
    claiming = claimed.catch(() => undefined);
    return claimed;
  };
  async function run(): Promise<void> {
    while (!signal.aborted) {
      const nudged = wasNudged;
      wasNudged = false;
      try {
        const count = await now();
        if (nudged && count === 0 && book.hasOpenScans()) await connect();
      } catch (error) {
        if (!signal.aborted) log(`${device.deviceId}: ${error instanceof Error ? error.message : String(error)}`);
      }
      await alarm.sleep(pollMs);
    }
  }
  return {
    now,
    async start() {
      await connect();
      void run();
    },
  };
}

function impossible(
  numbers: readonly string[],
  verdicts: VerdictsRequest["verdicts"],
  benchmark: string | null,
): string {
  if (benchmark === null)
    return `There is no benchmark for this device, so it has no recommendations: ${numbers.join(", ")}.`;
  const named = numbers.map((number) => `${number} ${verdicts[number] ?? ""}`.trim());
  return `No facts give these verdicts, at least not with the others: ${named.join(", ")}.`;
}
