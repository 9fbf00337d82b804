import { fileURLToPath } from "node:url";
import type { Platform } from "@holdfast/contracts/platform";
import { expect, it } from "vitest";
import { loadPack } from "./load-pack.ts";
import { benchmarkReference, resolveBenchmark } from "./resolve-benchmark.ts";

// Which platforms a benchmark names does not depend on the resource kinds, so none are needed, and checks may be left out.
const { pack } = await loadPack(fileURLToPath(new URL("../../../content", import.meta.url)), new Map());

/** As os-release(5) of these systems has it. */
function resolved(id: string, version: string, idLike: readonly string[] = []): string | null {
  const platform: Platform = { osType: "linux", id, version, idLike: [...idLike], name: "" };
  const benchmark = resolveBenchmark(pack, platform);
  return benchmark === null ? null : benchmarkReference(benchmark);
}

it.each([
  ["debian", "12", [], "cis-debian-12@1.1.0"],
  ["debian", "12.8", [], "cis-debian-12@1.1.0"],
  ["ubuntu", "24.04", ["debian"], "cis-ubuntu-24.04@1.0.0"],
  ["ubuntu", "24.04.3", ["debian"], "cis-ubuntu-24.04@1.0.0"],
  ["ubuntu", "22.04", ["debian"], "cis-ubuntu-22.04@2.0.0"],
  ["rhel", "9.4", ["fedora"], "cis-rhel-9@2.0.0"],
  ["rhel", "9", ["fedora"], "cis-rhel-9@2.0.0"],
  ["rocky", "9.3", ["rhel", "centos", "fedora"], "cis-rhel-9@2.0.0"],
  ["almalinux", "9.10", ["rhel", "centos", "fedora"], "cis-rhel-9@2.0.0"],
  ["ol", "9.5", ["fedora"], "cis-rhel-9@2.0.0"],
])("judges %s %s by its own benchmark", (id, version, idLike, reference) => {
  expect(resolved(id, version, idLike)).toBe(reference);
});

it.each([
  ["debian", "11", []],
  ["debian", "120", []],
  ["debian", "", []],
  ["ubuntu", "24.10", ["debian"]],
  ["ubuntu", "24", ["debian"]],
  ["rhel", "8.10", ["fedora"]],
  ["rhel", "90", ["fedora"]],
  ["centos", "9", ["rhel", "fedora"]],
  ["fedora", "41", []],
  ["linuxmint", "22", ["ubuntu", "debian"]],
  ["alpine", "3.20.1", []],
])("has no benchmark for %s %s", (id, version, idLike) => {
  expect(resolved(id, version, idLike)).toBeNull();
});

it("numbers every recommendation once, in the order of the document", () => {
  const counts = pack.benchmarks.map((benchmark) => [
    benchmarkReference(benchmark),
    new Set(benchmark.recommendations.map(({ number }) => number)).size,
  ]);
  expect(counts).toEqual([
    ["cis-debian-12@1.1.0", 310],
    ["cis-rhel-9@2.0.0", 298],
    ["cis-ubuntu-22.04@2.0.0", 300],
    ["cis-ubuntu-24.04@1.0.0", 312],
  ]);
});
