import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { compileChecks } from "./compile-checks.ts";
import type { ConditionUse } from "./compile-context.ts";
import type { KindDeclaration } from "./expression.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { parseYamlSource } from "./yaml-source.ts";

const closed = { additionalProperties: false };
const setting: KindDeclaration = {
  kind: "setting",
  target: Type.Object({ key: Type.String() }, closed),
  desired: Type.Object({ equals: Type.String() }, closed),
  address: ({ key }: { key: string }) => `setting:${key}`,
};

const base = `base:
  { title: T, severity: low, category: network, rationale: R, impact: I, remediation: M, applies: [c], require: { setting: { key: k, equals: "1" } } }`;
const todo =
  'todo: { title: T, severity: low, category: network, rationale: R, impact: "", remediation: M, not_ported: N }';

function compile(...lines: string[]) {
  const problems: Problem[] = [];
  const conditionUses: ConditionUse[] = [];
  const source = parseYamlSource("checks/linux/a.yaml", lines.join("\n"));
  const context = { source, kinds: new Map([[setting.kind, setting]]), problems, conditionUses };
  const entries = Object.entries(source.value ?? {}).map(([id, raw]) => ({ id, raw, context }));
  const checks = new Map(compileChecks(entries).map((check) => [check.id, check]));
  return { checks, conditionUses, problems: problems.map(formatProblem) };
}

describe("a check that extends another", () => {
  it("takes over what it does not write itself", () => {
    const { checks, problems } = compile("rhel: { extends: base, remediation: By dnf. }", base);
    expect(problems).toEqual([]);
    expect(checks.get("rhel")).toEqual({ ...checks.get("base"), id: "rhel", remediation: "By dnf." });
  });

  it("can want something else, or apply elsewhere or everywhere", () => {
    const { checks, conditionUses } = compile(
      base,
      'other: { extends: base, require: { setting: { key: r, equals: "2" } }, applies: [d] }',
      "everywhere: { extends: base, applies: [] }",
    );
    expect(checks.get("other")?.require).toMatchObject({ expectation: { address: "setting:r" } });
    expect(checks.get("other")?.applies).toEqual(["d"]);
    expect(checks.get("everywhere")?.applies).toEqual([]);
    expect(conditionUses.map(({ id }) => id)).toEqual(["c", "d"]);
  });

  it("can port what the other does not, and the other way round", () => {
    const { checks } = compile(
      base,
      todo,
      'ported: { extends: todo, require: { setting: { key: k, equals: "1" } } }',
      "not: { extends: base, not_ported: Later. }",
      "neither: { extends: todo, title: U }",
    );
    expect(checks.get("ported")).toMatchObject({ require: { expectation: {} }, notPorted: null });
    expect(checks.get("not")).toMatchObject({ require: null, notPorted: "Later." });
    expect(checks.get("neither")).toMatchObject({ title: "U", require: null, notPorted: "N" });
  });

  it.each([
    ["x: { extends: bass, title: U }", 'checks/linux/a.yaml:3: x.extends: no check "bass"; did you mean "base"?'],
    ["x: { extends: x, title: U }", "x.extends: extends itself"],
    [
      "y: { extends: base, title: U }\nx: { extends: y, title: V }",
      '"y" extends a check itself; extend "base" directly',
    ],
    ["x: { extends: base }", 'x: is the same as "base"; use that one'],
    ["x: { extends: base, titel: U }", 'x.titel: unknown member "titel"; did you mean "title"?'],
    ["x: { extends: base, severity: huge }", "x.severity: must be one of"],
    ["x: { extends: 1, title: U }", 'x.extends: write "1" in quotes'],
    [
      "x: { extends: base, require: { setting: { key: k } } }",
      "x.require.setting: says nothing of what should be there",
    ],
    ["x: { extends: base, not_ported: N, require: { setting: { key: k, equals: a } } }", "x: has both"],
  ])("refuses %s", (text, message) => {
    const { checks, problems } = compile(base, text);
    expect(problems.join("\n")).toContain(message);
    expect(checks.has("x")).toBe(false);
  });

  it("tells a mistake of the other check once", () => {
    const { problems } = compile(base.replace("severity: low", "severity: huge"), "x: { extends: base, title: U }");
    expect(problems).toHaveLength(1);
  });
});
