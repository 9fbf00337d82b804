import type { Pack } from "@holdfast/content/pack";
import { type RecordedMachine, recordingHost } from "@holdfast/engine/hosts/recording";

export const reference = "a-benchmark@1.0.0";
const count = 300;

/** A pack with one benchmark of 300 checks, each of a kernel parameter of its own. */
export function aPack(): Pack {
  const ids = Array.from({ length: count }, (_, index) => `check-${index}`);
  const texts = { title: "A check", category: "network", rationale: "", impact: "", remediation: "", notPorted: null };
  return {
    digest: "",
    conditions: new Map(),
    checks: new Map(
      ids.map((id, index) => {
        const key = `kernel.parameter_${index}`;
        const expectation = { kind: "sysctl", target: { key }, desired: { equals: "0" }, address: `sysctl:${key}` };
        return [id, { id, ...texts, severity: "low" as const, applies: [], require: { expectation } }];
      }),
    ),
    benchmarks: [
      {
        id: "a-benchmark",
        version: "1.0.0",
        title: "A benchmark",
        osType: "linux",
        platforms: [{ id: "debian", version: "12" }],
        sections: {},
        recommendations: ids.map((check, index) => ({
          number: `1.${index}`,
          check,
          server: 1 as const,
          workstation: 1 as const,
          assessment: "automated" as const,
        })),
      },
    ],
  };
}

/** A machine that has all those parameters. */
export function aMachine(): RecordedMachine {
  const files = Array.from({ length: count }, (_, index) => [`/proc/sys/kernel/parameter_${index}`, "1\n"]);
  return recordingHost({ hostname: "machine", files: Object.fromEntries(files) });
}
