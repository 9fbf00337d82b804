import type { Benchmark, Level, Profile, Recommendation } from "./pack.ts";

/** The recommendations of a benchmark's profile, e.g. Level 1 – Server, in the order of the document. Level 2 includes Level 1. */
export function recommendationsOf(benchmark: Benchmark, level: Level, profile: Profile): readonly Recommendation[] {
  return benchmark.recommendations.filter((recommendation) => {
    const from = recommendation[profile];
    return from !== null && from <= level;
  });
}
