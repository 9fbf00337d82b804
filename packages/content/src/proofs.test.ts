import { describe, expect, it } from "vitest";
import type { Check } from "./pack.ts";
import { packFrom } from "./pack-json.ts";
import { compileProofs } from "./proofs.ts";
import { parseYamlSource } from "./yaml-source.ts";

const check: Check = {
  id: "one",
  title: "",
  severity: "low",
  category: "network",
  rationale: "",
  impact: "",
  remediation: "",
  applies: ["c"],
  require: { expectation: { kind: "setting", target: { key: "k" }, desired: { equals: "0" }, address: "setting:k" } },
  notPorted: null,
};
const pack = packFrom({
  conditions: [
    {
      id: "c",
      otherwise: "",
      require: {
        expectation: { kind: "setting", target: { key: "c" }, desired: { equals: "0" }, address: "setting:c" },
      },
    },
  ],
  checks: [check],
  benchmarks: [],
});

function compile(text: string) {
  return compileProofs([parseYamlSource("checks/linux/a.proofs.yaml", text)], pack);
}

describe("compileProofs", () => {
  it("puts a proof's own facts on top of the given ones, and tells errors from states", () => {
    const { proofs, problems } = compile(`
one:
  - name: right
    verdict: pass
    given: [c-on]
    facts: { "setting:k": "0" }
  - { name: unread, verdict: error, given: [c-on], facts: { "setting:k": { $error: needs root } } }
_given:
  c-on: { "setting:c": on, "setting:k": "1" }
`);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(proofs.get("one")?.[0]?.facts ?? [])).toEqual({
      "setting:c": { state: "on" },
      "setting:k": { state: "0" },
    });
    expect(proofs.get("one")?.[1]?.facts.get("setting:k")).toEqual({
      error: { code: "unreadable", message: "needs root" },
    });
  });

  it.each([
    ["two: []", 'no check "two"'],
    ["one: [{ name: a, verdict: good }]", "must be one of pass, fail"],
    ["one: [{ name: a, verdict: pass, given: [x] }]", 'no facts "x" under _given'],
    ["one: [{ name: a, verdict: pass, facts: { 'setting:j': '0' } }]", "the check does not look at setting:j"],
    ["one: [{ name: a, verdict: pass }, { name: a, verdict: fail }]", 'another proof is named "a" too'],
  ])("refuses %s", (text, message) => {
    expect(
      compile(text)
        .problems.map((problem) => problem.message)
        .join("\n"),
    ).toContain(message);
  });
});
