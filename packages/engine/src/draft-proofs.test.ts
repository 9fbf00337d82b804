import type { Expectation, Expression } from "@holdfast/content/expression";
import type { Check, Condition } from "@holdfast/content/pack";
import { packFrom } from "@holdfast/content/pack-json";
import { compileProofs, type Proof } from "@holdfast/content/proofs";
import { parseYamlSource } from "@holdfast/content/yaml-source";
import type { Json } from "@holdfast/contracts/json";
import { describe, expect, it } from "vitest";
import { draftFile } from "./draft/draft-file.ts";
import { draftProofs } from "./draft-proofs.ts";
import { judgeCheck } from "./judge.ts";
import { missingVerdicts, survivingMutants } from "./prove.ts";

type Parts = Pick<Expectation, "kind" | "target" | "desired" | "address"> & { readonly when?: string };

const aLeaf = (parts: Parts): Expression => ({ expectation: parts });
const aSysctl = (key: string, desired: Json, when?: string) =>
  aLeaf({
    kind: "sysctl",
    target: { key },
    desired,
    address: `sysctl:${key}`,
    ...(when === undefined ? {} : { when }),
  });
const aPackage = (name: string, desired: Json) =>
  aLeaf({ kind: "package", target: { name }, desired, address: `package:${name}` });
const aService = (unit: string, desired: Json) =>
  aLeaf({ kind: "service", target: { unit }, desired, address: `service:${unit}` });
const aFile = (path: string, desired: Json) =>
  aLeaf({ kind: "file", target: { path }, desired, address: `file:${path}` });
const aPamLine = (desired: Json) =>
  aLeaf({ kind: "pam", target: { service: "common-auth" }, desired, address: "pam:common-auth" });

function aCheck(require: Expression, applies: readonly string[] = [], id = "one"): Check {
  return {
    id,
    title: "",
    severity: "low",
    category: "network",
    rationale: "",
    impact: "",
    remediation: "",
    applies,
    require,
    notPorted: null,
  };
}

const installed: Condition = {
  id: "installed",
  otherwise: "It is not installed",
  require: { any: [aPackage("a", { installed: true }), aPackage("b", { installed: true })] },
};
const conditions = new Map([[installed.id, installed]]);

const checks: Record<string, Check> = {
  "a range": aCheck(aSysctl("k", { between: [1, 5] })),
  "a condition on the check": aCheck(aSysctl("k", { equals: "0" }), ["installed"]),
  "a condition on a part": aCheck({ all: [aSysctl("k", { equals: "0" }), aSysctl("l", { equals: "0" }, "installed")] }),
  "a condition that nearly decides the check": aCheck(aPackage("a", { installed: true }), ["installed"]),
  alternatives: aCheck({
    any: [
      { all: [aService("x.service", { enabled: true, active: true }), aService("y.service", { active: false })] },
      { all: [aService("y.service", { enabled: true, active: true }), aService("x.service", { active: false })] },
    ],
  }),
  "none of": aCheck({ none: [aSysctl("k", { matches: "^(on|yes)$" }), aSysctl("l", { at_least: 3 })] }),
  "modes and owners": aCheck(aFile("/etc/x", { mode_max: "0640", owner: ["root"], group: ["root", "adm"] })),
  "several lines of one PAM stack": aCheck({
    all: [
      aPamLine({ type: "auth", module: "pam_faillock.so", with: ["preauth"] }),
      aPamLine({ type: "auth", module: "pam_faillock.so", with: ["authfail"] }),
      aPamLine({ type: "*", module: "pam_unix.so", every_without: ["nullok"] }),
    ],
  }),
};

describe("draftProofs", () => {
  it.each(Object.keys(checks))("shows every verdict and catches every mutant of %s", (name) => {
    const check = checks[name];
    if (check === undefined) throw new Error(name);
    const { proofs, lacking } = draftProofs(check, [], { conditions });
    expect(lacking).toEqual([]);
    expect(missingVerdicts(check, proofs)).toEqual([]);
    expect(survivingMutants(check, proofs, conditions)).toEqual([]);
    for (const { facts, verdict } of proofs) expect(judgeCheck(check, { facts, conditions }).verdict).toBe(verdict);
    expect(new Set(proofs.map((proof) => proof.name)).size).toBe(proofs.length);
  });

  it("shows the hard cases", () => {
    const names = (check: Check | undefined) =>
      check === undefined
        ? []
        : draftProofs(check, [], { conditions }).proofs.map(({ name, verdict }) => `${verdict} ${name}`);
    expect(names(checks["a range"])).toEqual(
      expect.arrayContaining([
        "fail right at boot, another value in the running kernel",
        "fail right in the running kernel, not set at boot",
        "pass right on an image",
        "error cannot be read",
      ]),
    );
    expect(names(checks["modes and owners"])).toContain("fail right mode, wrong owner");
    expect(names(checks["a condition on the check"])).toContain("not_applicable It is not installed");
  });

  it("adds only what is lacking to proofs that are there", () => {
    const check = aCheck(aSysctl("k", { at_most: 3 }));
    const { proofs } = draftProofs(check, [], { conditions });
    const [first, ...others] = proofs;
    expect(draftProofs(check, proofs, { conditions }).proofs).toEqual([]);
    const isBoundary = ({ name }: Proof) => name.startsWith("4 ");
    expect(
      draftProofs(
        check,
        proofs.filter((proof) => !isBoundary(proof)),
        { conditions },
      ).proofs.length,
    ).toBeLessThan(others.length);
    expect(first?.verdict).toBe("pass");
  });
});

describe("draftFile", () => {
  const pack = packFrom({
    conditions: [installed],
    checks: [
      aCheck(aSysctl("k", { equals: "0" }), ["installed"], "one"),
      aCheck({ all: [aSysctl("k", { at_least: 2 }), aSysctl("l", { one_of: ["a b", "#c"] })] }, ["installed"], "two"),
    ],
    benchmarks: [],
  });
  const options = { checkIds: ["one", "two"], existing: null, given: new Map() };
  const compile = (text: string) => compileProofs([parseYamlSource("checks/linux/x.proofs.yaml", text)], pack);

  it("writes proofs that load as they were drafted", () => {
    const { text, drafted, lacking } = draftFile(pack, new Map(), options);
    const { proofs, problems } = compile(text ?? "");
    expect(problems).toEqual([]);
    expect([...lacking]).toEqual([]);
    expect([...proofs.values()].flat()).toHaveLength(drafted);
    const sorted = (proof: Proof) => [...proof.facts].filter(([, fact]) => "state" in fact).sort();
    for (const check of pack.checks.values())
      expect(proofs.get(check.id)?.map(sorted)).toEqual(draftProofs(check, [], pack).proofs.map(sorted));
    expect(draftFile(pack, proofs, { ...options, existing: text }).text).toBeNull();
  });

  it("keeps what was written by hand, to the letter", () => {
    const byHand = `# Header

# Why this one is here.
two:
  - { name:   "by hand", verdict: error, given: [mine], facts: { "sysctl:l": {$error: x} } }   # kept
_given:
  mine: { "sysctl:k": { running: "2",   onBoot: "2", source: null, dropIn: null } }
`;
    const there = compile(byHand);
    const { text } = draftFile(pack, there.proofs, {
      ...options,
      existing: byHand,
      given: there.given.get("checks/linux/x.proofs.yaml") ?? new Map(),
    });
    const lines = (text ?? "").split("\n");
    for (const line of byHand.split("\n")) expect(lines).toContain(line);
    expect(text?.indexOf("one:")).toBeLessThan(text?.indexOf("# Why this one is here.") ?? 0);
    const { proofs, problems } = compile(text ?? "");
    expect(problems).toEqual([]);
    expect(proofs.get("two")?.[0]?.name).toBe("by hand");
  });

  it("replaces only the checks asked for", () => {
    const first = draftFile(pack, new Map(), options).text ?? "";
    const edited = first.replaceAll("name: cannot be read", "name: kept");
    const there = compile(edited);
    const { text } = draftFile(pack, there.proofs, {
      ...options,
      existing: edited,
      given: there.given.get("checks/linux/x.proofs.yaml") ?? new Map(),
      only: new Set(["two"]),
      replace: true,
    });
    const { proofs, problems } = compile(text ?? "");
    expect(problems).toEqual([]);
    expect(proofs.get("one")?.some(({ name }) => name === "kept")).toBe(true);
    expect(proofs.get("two")?.some(({ name }) => name === "kept")).toBe(false);
  });
});
