import type { Policy } from "./policy.ts";

/** The newest version of the benchmark of each device's platform. */
export const newestWord = "latest";

/** Which benchmark a policy asks for: "latest", a version, "cis-debian-12" or "cis-debian-12@1.1.0". */
export function benchmarkWord({ benchmark, benchmarkVersion }: Pick<Policy, "benchmark" | "benchmarkVersion">): string {
  if (benchmark === null) return benchmarkVersion ?? newestWord;
  return benchmarkVersion === null ? benchmark : `${benchmark}@${benchmarkVersion}`;
}

export function levelWord({ custom, level }: Pick<Policy, "custom" | "level">): "l1" | "l2" | "custom" {
  if (custom) return "custom";
  return level === 1 ? "l1" : "l2";
}
