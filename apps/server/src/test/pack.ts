import type { Benchmark, Check, Pack } from "@holdfast/content/pack";
import type { Observation } from "@holdfast/contracts/fact";
import type { Platform } from "@holdfast/contracts/platform";
import type { Severity } from "@holdfast/contracts/severity";

/** A small pack: one benchmark for Debian 12 with a check of each severity, all about kernel parameters. A policy may set what "a-high" wants. */
export const testPack: Pack = {
  digest: "ab".repeat(32),
  conditions: new Map(),
  checks: new Map(
    [
      aCheck("a-critical", "critical", "test.critical"),
      {
        ...aCheck("a-high", "high", "test.high", { equals: "high-setting" }),
        mappings: { "nist-800-53r5": ["AC-6(9)"] },
      },
      aCheck("a-medium", "medium", "test.medium"),
      aCheck("a-low", "low", "test.low"),
      { ...aCheck("unported", "low", "test.none"), require: null, notPorted: "Not written yet." },
    ].map((check) => [check.id, check]),
  ),
  benchmarks: [aBenchmark("1.0.0"), aBenchmark("1.1.0")],
  parameters: [
    {
      id: "high-setting",
      osType: "linux",
      title: "The high setting",
      description: "What test.high has to be.",
      type: "enum",
      default: "1",
      choices: ["1", "2"],
    },
    { id: "servers", osType: "linux", title: "Servers", description: "Some servers.", type: "list", default: ["6"] },
    { id: "size", osType: "linux", title: "Size", description: "A size.", type: "number", default: 6, min: 1 },
  ],
  catalogues: [{ id: "nist-800-53r5", title: "NIST SP 800-53", controls: { "AC-6(9)": "Log Use" } }],
};

export const debian12: Platform = {
  osType: "linux",
  id: "debian",
  idLike: [],
  version: "12",
  name: "Debian GNU/Linux 12",
};
export const unknownLinux: Platform = {
  osType: "linux",
  id: "nobody",
  idLike: [],
  version: "1",
  name: "Nobody's Linux",
};

/** Facts for all checks: those named fail, the others pass. */
export function factsFailing(...failing: Severity[]): Record<string, Observation> {
  const severities: Severity[] = ["critical", "high", "medium", "low"];
  return Object.fromEntries(
    severities.map((severity) => {
      const value = failing.includes(severity) ? "0" : "1";
      return [`sysctl:test.${severity}`, { state: { running: value, onBoot: value, source: null, dropIn: null } }];
    }),
  );
}

function aCheck(id: string, severity: Severity, key: string, parameters?: Readonly<Record<string, string>>): Check {
  const plain = { kind: "sysctl", target: { key }, desired: { equals: "1" }, address: `sysctl:${key}` };
  const expectation = parameters === undefined ? plain : { ...plain, parameters };
  return {
    id,
    title: `The ${severity} setting is on`,
    severity,
    category: "kernel",
    rationale: "So that there is something to check.",
    impact: "",
    remediation: `Set ${key} to 1.`,
    applies: [],
    require: { expectation },
    notPorted: null,
  };
}

function aBenchmark(version: string): Benchmark {
  const automated = { workstation: 1, assessment: "automated" } as const;
  return {
    id: "cis-debian-12",
    version,
    title: "CIS Debian Linux 12 Benchmark",
    osType: "linux",
    platforms: [{ id: "debian", version: "12" }],
    sections: { "1": "First", "1.1": "Kernel" },
    recommendations: [
      { number: "1.1.1", check: "a-critical", server: 1, ...automated },
      { number: "1.1.2", check: "a-high", server: 1, ...automated },
      { number: "1.1.3", check: "a-medium", server: 1, ...automated },
      { number: "1.2.1", check: "a-low", server: 2, ...automated },
      { number: "1.2.2", check: "unported", server: 1, ...automated },
    ],
  };
}
