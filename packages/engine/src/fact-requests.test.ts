import type { Expression } from "@holdfast/content/expression";
import type { Benchmark, Check, Condition, Pack } from "@holdfast/content/pack";
import { expect, it } from "vitest";
import { factRequestsOf } from "./fact-requests.ts";

const leaf = (name: string, when?: string): Expression => ({
  expectation: {
    kind: "sysctl",
    target: { key: name },
    desired: { equals: "1" },
    address: `sysctl:${name}`,
    ...(when === undefined ? {} : { when }),
  },
});

function aCheck(id: string, require: Expression | null, applies: string[] = []): Check {
  const texts = { title: id, category: "network", rationale: "", impact: "", remediation: "" };
  return { id, ...texts, severity: "low", applies, require, notPorted: require === null ? "later" : null };
}

function aPack(checks: Check[], conditions: Condition[] = []): { pack: Pack; benchmark: Benchmark } {
  const benchmark: Benchmark = {
    id: "b",
    version: "1",
    title: "B",
    osType: "linux",
    platforms: [],
    sections: {},
    recommendations: checks.map((check, index) => ({
      number: `1.${index}`,
      check: check.id,
      server: index === 0 ? 1 : null,
      workstation: 2,
      assessment: "automated",
    })),
  };
  return {
    benchmark,
    pack: {
      digest: "",
      conditions: new Map(conditions.map((condition) => [condition.id, condition])),
      checks: new Map(checks.map((check) => [check.id, check])),
      benchmarks: [benchmark],
    },
  };
}

it("asks for each address once, whatever the level, with the conditions of checks, expectations and conditions", () => {
  const { pack, benchmark } = aPack(
    [
      aCheck("one", { all: [leaf("a"), { any: [leaf("b", "c1"), { none: [leaf("a")] }] }] }, ["c2"]),
      aCheck("two", leaf("b")),
      aCheck("three", null, ["c4"]),
    ],
    [
      { id: "c1", otherwise: "", require: leaf("d", "c3") },
      { id: "c2", otherwise: "", require: leaf("e") },
      { id: "c3", otherwise: "", require: leaf("f", "c1") },
      { id: "c4", otherwise: "", require: leaf("never") },
    ],
  );
  const addresses = factRequestsOf(pack, benchmark).map((request) => request.address);
  expect(addresses.sort()).toEqual(["a", "b", "d", "e", "f"].map((name) => `sysctl:${name}`));
});

it("asks for nothing for a recommendation whose check is not in the pack", () => {
  const { pack, benchmark } = aPack([aCheck("one", leaf("a"))]);
  const missing: Benchmark = {
    ...benchmark,
    recommendations: [
      { number: "1", check: "gone", server: 1, workstation: 1, assessment: "automated" },
      ...benchmark.recommendations,
    ],
  };
  expect(factRequestsOf(pack, missing)).toHaveLength(1);
});
