import { readFile } from "node:fs/promises";
import { servesControl } from "@holdfast/content/controls";
import type { Benchmark, Level, Pack, Profile, Recommendation } from "@holdfast/content/pack";
import type { ParameterValues } from "@holdfast/content/parameter";
import { recommendationsOf } from "@holdfast/content/profile";
import { benchmarkReference, findBenchmark, resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import type { FactAddress, Observation } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";
import { RecordedFacts, type ScanReport } from "@holdfast/contracts/scan-report";
import { countFailed, countStatuses, riskLevel, roundScore, score } from "@holdfast/contracts/scoring";
import { collectFacts } from "@holdfast/engine/collect";
import { factRequestsOf } from "@holdfast/engine/fact-requests";
import { findingsOf } from "@holdfast/engine/findings";
import { type Host, UnreadableError } from "@holdfast/engine/host";
import { directoryHost } from "@holdfast/engine/hosts/directory";
import { localHost } from "@holdfast/engine/hosts/local";
import { Value } from "typebox/value";
import { requireControl } from "./control-option.ts";
import { CommandError, exitCode } from "./exit.ts";
import { version } from "./version.ts";

export interface ScanOptions {
  /** Benchmark id, with `@version` if wanted; the device's own when left out. */
  readonly benchmark?: string;
  readonly level: Level;
  readonly profile: Profile;
  /** Judge this directory instead of the running machine. */
  readonly root?: string;
  /** These recommendations, whatever their level and profile. */
  readonly only?: readonly string[];
  /** Of those only the ones that serve this control, e.g. "nist:AC-17". */
  readonly control?: string;
  /** What the site chooses; the pack's defaults count for the rest. */
  readonly parameters?: ParameterValues;
  /** Judge facts recorded earlier instead of reading any. */
  readonly facts?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ScanOutcome {
  readonly report: ScanReport;
  readonly benchmark: Benchmark;
  readonly recorded: RecordedFacts;
}

/** Reads (or replays) a device's facts and judges them. @throws CommandError in words for the user. */
export async function scanDevice(pack: Pack, options: ScanOptions): Promise<ScanOutcome> {
  const startedAt = performance.now();
  const device =
    options.facts === undefined ? await openHost(options.root) : { recording: await readRecordedFacts(options.facts) };
  const platform = "recording" in device ? device.recording.platform : device.platform;
  const benchmark = chooseBenchmark(pack, platform, options.benchmark);
  const recommendations = chooseRecommendations(pack, benchmark, options);
  const collected =
    "recording" in device
      ? { facts: new Map(Object.entries(device.recording.facts)), costMs: new Map<FactAddress, number>() }
      : await collectFacts(
          device.host,
          factRequestsOf(pack, { ...benchmark, recommendations }),
          options.onProgress === undefined ? {} : { onProgress: options.onProgress },
        );
  const findings = findingsOf(pack, recommendations, collected.facts, collected.costMs, options.parameters);
  const exact = score(findings, "weighted");
  const recorded: RecordedFacts =
    "recording" in device
      ? device.recording
      : {
          format: "holdfast-facts/1",
          hostname: device.host.hostname,
          platform,
          checkedAt: new Date().toISOString(),
          facts: Object.fromEntries(collected.facts) as Record<FactAddress, Observation>,
        };
  return {
    benchmark,
    recorded,
    report: {
      holdfast: version,
      benchmark: { id: benchmark.id, version: benchmark.version, level: options.level, profile: options.profile },
      device: { hostname: recorded.hostname, platform: platformName(platform), osType: platform.osType },
      checkedAt: recorded.checkedAt,
      score: exact === null ? null : roundScore(exact, 1),
      riskLevel: riskLevel(exact, countFailed(findings, "critical")),
      summary: countStatuses(findings),
      findings,
      durationMs: Math.round(performance.now() - startedAt),
    },
  };
}

function platformName({ id, version: release }: Platform): string {
  return release === "" ? id : `${id}-${release}`;
}

/** The running machine, or the machine in a directory. */
async function openHost(root: string | undefined): Promise<{ host: Host; platform: Platform }> {
  try {
    const host = root === undefined ? localHost() : await directoryHost(root);
    return { host, platform: await host.platform() };
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    const what = root === undefined ? "this machine" : root;
    throw new CommandError(`Cannot scan ${what}: ${error.message}`, exitCode.failed, { cause: error });
  }
}

async function readRecordedFacts(file: string): Promise<RecordedFacts> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new CommandError(`Cannot read ${file}: ${error.message}`, exitCode.failed, { cause: error });
  });
  try {
    return Value.Parse(RecordedFacts, JSON.parse(text));
  } catch (error) {
    throw new CommandError(
      `${file} holds no recorded facts; make one with holdfast scan --record FILE.`,
      exitCode.failed,
      {
        cause: error,
      },
    );
  }
}

export function chooseBenchmark(pack: Pack, platform: Platform, wanted: string | undefined): Benchmark {
  const available = pack.benchmarks.map(({ id, version: release }) => `${id}@${release}`).join(", ");
  if (wanted !== undefined) {
    const found = findBenchmark(pack, wanted);
    if (found) return found;
    throw new CommandError(`There is no benchmark "${wanted}". There is: ${available}.`, exitCode.usage);
  }
  const found = resolveBenchmark(pack, platform);
  if (found) return found;
  throw new CommandError(
    `There is no benchmark for ${platform.name} (${platformName(platform)}). There is: ${available}; choose one with --benchmark.`,
  );
}

function chooseRecommendations(pack: Pack, benchmark: Benchmark, options: ScanOptions): readonly Recommendation[] {
  const { only, level, profile, control } = options;
  const chosen = only === undefined ? recommendationsOf(benchmark, level, profile) : numbered(benchmark, only);
  if (control === undefined) return chosen;
  const query = requireControl(pack, control);
  const serving = chosen.filter(({ check }) => servesControl(pack.checks.get(check) ?? {}, query));
  if (serving.length > 0) return serving;
  throw new CommandError(
    `Nothing that was asked of ${benchmarkReference(benchmark)} serves the control ${control}.`,
    exitCode.usage,
  );
}

function numbered(benchmark: Benchmark, numbers: readonly string[]): readonly Recommendation[] {
  const wanted = new Set(numbers);
  const chosen = benchmark.recommendations.filter(({ number }) => wanted.delete(number));
  if (wanted.size > 0) {
    const missing = [...wanted].join(", ");
    throw new CommandError(`${benchmarkReference(benchmark)} has no recommendation ${missing}.`, exitCode.usage);
  }
  return chosen;
}
