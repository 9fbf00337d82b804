import type { Benchmark, Pack, Recommendation } from "@holdfast/content/pack";
import { recommendationsOf } from "@holdfast/content/profile";
import { resolveBenchmark } from "@holdfast/content/resolve-benchmark";
import type { Platform } from "@holdfast/contracts/platform";
import type { Policy } from "./policy.ts";

/** The benchmark a policy judges a device of this platform by; null when none that it allows is written for it. */
export function benchmarkFor(
  pack: Pack,
  { benchmark, benchmarkVersion }: Pick<Policy, "benchmark" | "benchmarkVersion">,
  platform: Platform,
): Benchmark | null {
  const allowed = pack.benchmarks.filter(
    ({ id, version }) =>
      (benchmark === null || id === benchmark) && (benchmarkVersion === null || version === benchmarkVersion),
  );
  return resolveBenchmark({ ...pack, benchmarks: allowed }, platform);
}

/** The recommendations a policy evaluates, in the order of the document. */
export function recommendationsFor(
  benchmark: Benchmark,
  { level, profile, exclusions }: Pick<Policy, "level" | "profile" | "exclusions">,
): readonly Recommendation[] {
  const excluded = new Set(exclusions);
  return recommendationsOf(benchmark, level, profile).filter(({ number }) => !excluded.has(number));
}

/** The exclusions that name no recommendation of any benchmark the policy can use. */
export function unknownExclusions(
  pack: Pack,
  policy: Pick<Policy, "osType" | "benchmark" | "benchmarkVersion" | "exclusions">,
): string[] {
  const known = new Set(
    pack.benchmarks
      .filter(
        ({ osType, id, version }) =>
          osType === policy.osType &&
          (policy.benchmark === null || id === policy.benchmark) &&
          (policy.benchmarkVersion === null || version === policy.benchmarkVersion),
      )
      .flatMap(({ recommendations }) => recommendations.map(({ number }) => number)),
  );
  return policy.exclusions.filter((number) => !known.has(number));
}
