import type { Platform } from "@holdfast/contracts/platform";
import type { Benchmark, Pack } from "./pack.ts";

/**
 * The benchmark written for a platform, its newest version; null when the pack has none. A benchmark fits when it names
 * the platform's os-release(5) `ID` and its `VERSION_ID` up to a dot: "12" fits "12" and "12.5", not "120". A more exact
 * version wins over a shorter one. `ID_LIKE` is not consulted: a derivative fits only when the benchmark declares it.
 *
 * @example resolveBenchmark(pack, platform)?.id // "cis-debian-12"
 */
export function resolveBenchmark(pack: Pack, platform: Platform): Benchmark | null {
  let best: { readonly benchmark: Benchmark; readonly exactness: number } | null = null;
  for (const benchmark of pack.benchmarks) {
    const exactness = fit(benchmark, platform);
    if (exactness === null) continue;
    const order = best === null ? 1 : exactness - best.exactness || compareVersions(benchmark, best.benchmark);
    if (order > 0) best = { benchmark, exactness };
  }
  return best?.benchmark ?? null;
}

/** The benchmark of a reference, "cis-debian-12" (its newest version) or "cis-debian-12@1.1.0"; null when the pack lacks it. */
export function findBenchmark(pack: Pack, reference: string): Benchmark | null {
  const [id, version] = reference.split("@", 2);
  const candidates = pack.benchmarks.filter(
    (benchmark) => benchmark.id === id && (version === undefined || benchmark.version === version),
  );
  return candidates.sort(compareVersions).at(-1) ?? null;
}

/** The reference that names exactly this benchmark and version, e.g. "cis-debian-12@1.1.0". */
export function benchmarkReference({ id, version }: Benchmark): string {
  return `${id}@${version}`;
}

/** How many characters of the version the best fitting platform entry names; null when none fits. */
function fit(benchmark: Benchmark, platform: Platform): number | null {
  if (benchmark.osType !== platform.osType) return null;
  const fitting = benchmark.platforms.filter(
    ({ id, version }) => id === platform.id && `${platform.version}.`.startsWith(`${version}.`),
  );
  return fitting.length === 0 ? null : Math.max(...fitting.map(({ version }) => version.length));
}

/** By each number of the version in turn, so that 1.10.0 is newer than 1.9.0; a missing number counts as 0. */
function compareVersions(a: Benchmark, b: Benchmark): number {
  const left = a.version.split(".").map(Number);
  const right = b.version.split(".").map(Number);
  for (let place = 0; place < Math.max(left.length, right.length); place += 1) {
    const difference = (left[place] ?? 0) - (right[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
