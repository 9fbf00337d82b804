import type { Expression } from "@holdfast/content/expression";
import type { Check } from "@holdfast/content/pack";
import { packFrom } from "@holdfast/content/pack-json";
import type { Proof } from "@holdfast/content/proofs";
import type { Json } from "@holdfast/contracts/json";
import type { Verdict } from "@holdfast/contracts/verdict";
import { describe, expect, it } from "vitest";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { mutationsOf } from "./mutations.ts";
import { runProofs, survivingMutants } from "./prove.ts";
import { sysctl } from "./resources/sysctl.ts";

function aSysctl(key: string, desired: Json, when?: string): Expression {
  const expectation = { kind: "sysctl", target: { key }, desired, address: `sysctl:${key}` };
  return { expectation: when === undefined ? expectation : { ...expectation, when } };
}

function aCheck(require: Expression | null, applies: readonly string[] = []): Check {
  return {
    id: "one",
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

function aProof(verdict: Verdict, values: Readonly<Record<string, string | null>>): Proof {
  const facts = Object.entries(values).map(
    ([key, value]) =>
      [`sysctl:${key}`, { state: { running: value, onBoot: value, source: null, dropIn: null } }] as const,
  );
  return { name: `${verdict} ${JSON.stringify(values)}`, verdict, facts: new Map(facts) };
}

const conditions = new Map();
const between = aCheck(aSysctl("k", { between: [1, 5] }));

describe("runProofs", () => {
  const pack = (check: Check) => packFrom({ conditions: [], checks: [check], benchmarks: [] });

  it("finds a proof that is judged otherwise, and says why", () => {
    const proofs = new Map([
      ["one", [aProof("pass", { k: "6" }), aProof("pass", { k: "5" }), aProof("fail", { k: "0" })]],
    ]);
    expect(runProofs(pack(between), proofs)).toEqual([
      {
        checkId: "one",
        proof: 'pass {"k":"6"}',
        message: "expected pass, judged fail (running 6; at next boot 6)",
      },
    ]);
  });

  it("wants every verdict the check can give", () => {
    const check = aCheck(aSysctl("k", { equals: "1" }), ["somewhere"]);
    expect(runProofs(pack(check), new Map()).map(({ message }) => message)).toEqual([
      "no proof gives pass",
      "no proof gives fail",
      "no proof gives not_applicable",
    ]);
  });

  it("wants nothing of a check that is not ported", () => {
    expect(runProofs(pack(aCheck(null)), new Map())).toEqual([]);
  });
});

describe("survivingMutants", () => {
  it("tells each bound that no proof stands at", () => {
    const proofs = [aProof("pass", { k: "1" }), aProof("pass", { k: "5" }), aProof("fail", { k: "0" })];
    expect(survivingMutants(between, proofs, conditions).map(({ description }) => description)).toEqual([
      '{"between":[1,5]} → {"between":[1,6]}',
    ]);
    expect(survivingMutants(between, [...proofs, aProof("fail", { k: "6" })], conditions)).toEqual([]);
  });

  it("changes one expectation of a tree at a time", () => {
    const check = aCheck({ all: [aSysctl("a", { equals: "x" }), { none: [aSysctl("b", { equals: "y" })] }] });
    const changed = ({ description }: Mutant) => description.startsWith("{");
    expect(mutantsOf(check).filter(changed)).toHaveLength(2);
    const survivors = survivingMutants(check, [aProof("pass", { a: "x", b: "z" })], conditions);
    expect(survivors.filter(changed).map(({ address }) => address)).toEqual(["sysctl:b"]);
  });

  it("leaves out each member of a group, and exchanges all and any", () => {
    const check = aCheck({ all: [aSysctl("a", { equals: "1" }), aSysctl("b", { equals: "1" })] });
    const survivors = (...proofs: Proof[]) =>
      survivingMutants(check, proofs, conditions).map(({ address, description }) => `${address} ${description}`);
    const right = aProof("pass", { a: "1", b: "1" });
    expect(survivors(right)).toEqual(["sysctl:a is left out", "sysctl:b is left out", "sysctl:a all → any"]);
    expect(survivors(right, aProof("fail", { a: "0", b: "1" }))).toEqual(["sysctl:b is left out"]);
    expect(survivors(right, aProof("fail", { a: "0", b: "1" }), aProof("fail", { a: "1", b: "0" }))).toEqual([]);
  });

  it("makes no mutant that the kind's schema refuses", () => {
    for (const desired of [{ present: true }, { one_of: ["1"] }, { between: [1, 2] }])
      for (const mutant of mutantsOf(aCheck(aSysctl("k", desired)))) expect(mutant.description).not.toContain("false");
  });
});

describe("mutationsOf", () => {
  const schema = sysctl.desired;
  it.each<[Json, Json[]]>([
    [{ equals: "0" }, [{ equals: "-1" }, { equals: "1" }]],
    [{ equals: "yes" }, [{ equals: "yesx" }]],
    [{ one_of: ["a", "b"] }, [{ one_of: ["b"] }, { one_of: ["a"] }]],
    [{ one_of: ["a"] }, [{ one_of: ["ax"] }]],
    [{ limit: "10:30" }, [{ limit: "9:30" }, { limit: "11:30" }, { limit: "10:29" }, { limit: "10:31" }]],
    [{ matches: "^a$" }, [{ matches: "(?!)" }, { matches: "[^]*" }]],
  ])("%j", (desired, mutations) => {
    expect(mutationsOf(desired, schema)).toEqual(mutations);
  });

  it("takes away each bit of a mode, and adds the most dangerous missing ones", () => {
    expect(mutationsOf("0640", schema)).toEqual(["0600", "0440", "0240", "0642", "0660", "0740", "4640"]);
  });
});
