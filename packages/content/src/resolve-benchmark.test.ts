import type { Platform } from "@holdfast/contracts/platform";
import { describe, expect, it } from "vitest";
import type { Benchmark, Pack } from "./pack.ts";
import { benchmarkReference, findBenchmark, resolveBenchmark } from "./resolve-benchmark.ts";

function aBenchmark(id: string, version: string, platforms: Benchmark["platforms"]): Benchmark {
  return { id, version, title: id, osType: "linux", platforms, sections: {}, recommendations: [] };
}

function aPack(...benchmarks: Benchmark[]): Pack {
  return { digest: "", conditions: new Map(), checks: new Map(), benchmarks };
}

function aPlatform(members: Partial<Platform>): Platform {
  return { osType: "linux", id: "debian", idLike: [], version: "12", name: "", ...members };
}

const debian12 = [{ id: "debian", version: "12" }];
const pack = aPack(
  aBenchmark("cis-debian-12", "1.9.0", debian12),
  aBenchmark("cis-debian-12", "1.10.0", debian12),
  aBenchmark("cis-debian-12", "1.1.0", debian12),
);

describe("resolveBenchmark", () => {
  it("takes the newest version by number, not by text", () => {
    expect(resolveBenchmark(pack, aPlatform({}))?.version).toBe("1.10.0");
  });

  it("fits a version at a dot only", () => {
    expect(resolveBenchmark(pack, aPlatform({ version: "12.5" }))?.id).toBe("cis-debian-12");
    expect(resolveBenchmark(pack, aPlatform({ version: "120" }))).toBeNull();
    expect(resolveBenchmark(pack, aPlatform({ version: "" }))).toBeNull();
  });

  it("does not fit a derivative that the benchmark does not declare", () => {
    expect(resolveBenchmark(pack, aPlatform({ id: "raspbian", idLike: ["debian"] }))).toBeNull();
  });

  it("does not fit another kind of system with the same id", () => {
    expect(resolveBenchmark(pack, aPlatform({ osType: "windows" }))).toBeNull();
  });

  it("prefers the more exact platform over the newer document", () => {
    const both = aPack(
      aBenchmark("general", "9.0.0", [{ id: "ubuntu", version: "24" }]),
      aBenchmark("exact", "1.0.0", [{ id: "ubuntu", version: "24.04" }]),
    );
    expect(resolveBenchmark(both, aPlatform({ id: "ubuntu", version: "24.04" }))?.id).toBe("exact");
  });
});

describe("findBenchmark", () => {
  it("finds the newest by id and an older one by reference", () => {
    expect(findBenchmark(pack, "cis-debian-12")?.version).toBe("1.10.0");
    expect(findBenchmark(pack, "cis-debian-12@1.1.0")?.version).toBe("1.1.0");
  });

  it("answers null for what the pack lacks", () => {
    expect(findBenchmark(pack, "cis-debian-13")).toBeNull();
    expect(findBenchmark(pack, "cis-debian-12@3.0.0")).toBeNull();
  });

  it("undoes benchmarkReference", () => {
    for (const benchmark of pack.benchmarks) expect(findBenchmark(pack, benchmarkReference(benchmark))).toBe(benchmark);
  });
});
