import { Type } from "typebox";
import { describe, expect, it } from "vitest";
import { compilePack } from "./compile-pack.ts";
import type { KindDeclaration } from "./expression.ts";
import { parseYamlSource } from "./yaml-source.ts";

const closed = { additionalProperties: false };
const setting: KindDeclaration = {
  kind: "setting",
  target: Type.Object({ key: Type.String() }, closed),
  desired: Type.Union([
    Type.Object({ equals: Type.String() }, closed),
    Type.Object({ at_least: Type.Number() }, closed),
    Type.Object({ matches: Type.String() }, closed),
  ]),
  address: ({ key }: { key: string }) => `setting:${key}`,
};
const kinds = new Map([[setting.kind, setting]]);

const about = 'title: T, severity: low, category: network, rationale: R, impact: "", remediation: M';
const row = (number: string, check: string) =>
  `  - { number: ${number}, check: ${check}, server: 1, assessment: automated }`;

interface Files {
  readonly checks?: string;
  readonly moreChecks?: string;
  readonly conditions?: string;
  readonly benchmark?: string;
}

function compile(files: Files) {
  const source = (file: string, text: string | undefined) => (text === undefined ? [] : [parseYamlSource(file, text)]);
  return compilePack(
    {
      checks: [...source("checks/linux/a.yaml", files.checks), ...source("checks/linux/b.yaml", files.moreChecks)],
      conditions: source("conditions/linux.yaml", files.conditions),
      benchmarks: source("benchmarks/b/1.0.yaml", files.benchmark),
    },
    kinds,
  );
}

function aBenchmark(...rows: string[]): string {
  return [
    'id: b\nversion: "1.0"\ntitle: B\nosType: linux\nplatforms: [{ id: debian, version: "12" }]',
    'sections: { "1": One }\nrecommendations:',
    ...rows,
  ].join("\n");
}

function messages(files: Files): string[] {
  return compile(files).problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

/** The problems of one expectation or tree, of an otherwise sound pack. */
function problemsOf(require: string, conditions?: string): string[] {
  return messages({
    checks: `one: { ${about}, require: ${require} }`,
    benchmark: aBenchmark(row('"1.1"', "one")),
    ...(conditions === undefined ? {} : { conditions }),
  });
}

describe("compilePack", () => {
  it("compiles a tree with its addresses, conditions and split members", () => {
    const { pack, problems } = compile({
      checks: `one: { ${about}, applies: [c], require: { all: [{ setting: { key: k, equals: "0", when: c } }] } }`,
      conditions: 'c: { otherwise: Off, require: { setting: { key: c, equals: "on" } } }',
      benchmark: aBenchmark(row('"1.10"', "one")),
    });
    expect(problems).toEqual([]);
    expect(pack.checks.get("one")?.require).toEqual({
      all: [
        {
          expectation: {
            kind: "setting",
            target: { key: "k" },
            desired: { equals: "0" },
            address: "setting:k",
            when: "c",
          },
        },
      ],
    });
    expect(pack.benchmarks[0]?.recommendations[0]?.number).toBe("1.10");
    expect(Object.isFrozen(pack.checks.get("one")?.require)).toBe(true);
  });

  it("gives the same digest whatever the order of checks and members", () => {
    const digest = (checks: string) => compile({ checks }).pack.digest;
    const one = `one: { ${about}, not_ported: Later. }`;
    const two = `two: { not_ported: Later., ${about} }`;
    expect(digest(`${one}\n${two}`)).toBe(digest(`${two}\n${one}`));
    expect(digest(one)).not.toBe(digest(two));
  });

  it("tells a number that YAML misread, as it is written", () => {
    const files = { checks: `one: { ${about}, not_ported: Later. }`, benchmark: aBenchmark(row("1.10", "one")) };
    expect(messages(files)).toContain(
      '8 recommendations[0].number: write "1.10" in quotes: YAML reads it as the number 1.1, a text is wanted',
    );
  });

  it("tells a key that YAML misread", () => {
    const benchmark = aBenchmark(row('"1.1"', "one")).replace('"1": One', "1: One");
    expect(messages({ checks: `one: { ${about}, not_ported: Later. }`, benchmark })).toContain(
      '6 : write the key "1" in quotes: YAML reads it as 1',
    );
  });

  it.each([
    ["{ seting: { key: k, equals: a } }", 'no resource kind "seting"; did you mean "setting"?'],
    ["{ setting: { key: k, equal: a } }", 'setting has no member "equal"; did you mean "equals"?'],
    ["{ setting: { key: k } }", "says nothing of what should be there"],
    ["{ setting: { equals: a } }", '"key" is missing'],
    ["{ setting: { key: k, equals: 0 } }", 'write "0" in quotes'],
    ["{ setting: { key: k, equals: a, at_least: 1 } }", "at_least"],
    ['{ setting: { key: k, matches: "(" } }', "not a regular expression"],
    ["{ all: [] }", "at least one expectation"],
    ["{ all: [{ setting: { key: k, equals: a } }], any: [] }", "all and any in one place"],
    ["{ setting: { key: k, equals: a, when: nowhere } }", 'no condition "nowhere"'],
  ])("refuses %s", (require, message) => {
    expect(problemsOf(require).join("\n")).toContain(message);
  });

  it("finds conditions that depend on themselves", () => {
    const conditions = [
      "a: { otherwise: A, require: { setting: { key: a, equals: x, when: b } } }",
      "b: { otherwise: B, require: { setting: { key: b, equals: x, when: a } } }",
      "c: { otherwise: C, require: { setting: { key: c, equals: x, when: a } } }",
    ].join("\n");
    expect(problemsOf("{ setting: { key: k, equals: a, when: c } }", conditions)).toEqual([
      "1 a: depends on itself through when; break the cycle",
      "2 b: depends on itself through when; break the cycle",
    ]);
  });

  it("wants exactly one of require and not_ported", () => {
    const benchmark = aBenchmark(row('"1.1"', "one"));
    expect(messages({ checks: `one: { ${about} }`, benchmark })[0]).toContain("neither require nor not_ported");
    const both = `one: { ${about}, not_ported: Later., require: { setting: { key: k, equals: a } } }`;
    expect(messages({ checks: both, benchmark })[0]).toContain("both require and not_ported");
  });

  it("finds checks that are missing, unused or defined twice, and numbers used twice", () => {
    const found = messages({
      checks: `one: { ${about}, not_ported: Later. }\ntwo: { ${about}, not_ported: Later. }`,
      moreChecks: `one: { ${about}, not_ported: Later. }`,
      benchmark: aBenchmark(row('"1.1"', "one"), row('"1.1"', "one"), row('"1.2"', "won")),
    });
    expect(found).toEqual([
      "9 recommendations[1]: 1.1: this number is already on line 8",
      '10 recommendations[2]: 1.2: no check "won"; did you mean "one"?',
      "2 two: no benchmark uses this check; add it to one or remove it",
      '1 one: the check "one" already exists in checks/linux/a.yaml:1; choose another id or remove one',
    ]);
  });

  it("reports a syntax error with its line and goes on with the other files", () => {
    const { problems, pack } = compile({ checks: "one:\n  title: [", moreChecks: `two: { ${about}, not_ported: x }` });
    expect(problems[0]?.message).toContain("not valid YAML");
    expect(pack.checks.has("two")).toBe(true);
  });

  it("reports an alias without a target, and one that multiplies without end", () => {
    const levels = Array.from(
      { length: 20 },
      (_, level) => `l${level + 1}: &a${level + 1} [*a${level}, *a${level}, *a${level}]`,
    );
    for (const text of ["one: *nowhere", ["l0: &a0 [x]", ...levels].join("\n")])
      expect(messages({ checks: text })[0]).toContain("not valid YAML");
  });

  it("refuses the same key twice in one file", () => {
    expect(messages({ checks: `one: { ${about}, title: U, not_ported: x }` })[0]).toContain("not valid YAML");
  });
});
