import { Type } from "typebox";
import { expect, it } from "vitest";
import { compilePack } from "./compile-pack.ts";
import { expectationsOf, type KindDeclaration } from "./expression.ts";
import { packFromJson, packToJson } from "./pack-json.ts";
import { type Parameter, parameterProblem, parameterProblems, parametersFor } from "./parameter.ts";
import { parseYamlSource } from "./yaml-source.ts";

const Key = Type.Object({ key: Type.String() }, { additionalProperties: false });
const AtLeast = Type.Union([
  Type.Object({ at_least: Type.Number() }, { additionalProperties: false }),
  Type.Object({ equals: Type.String() }, { additionalProperties: false }),
]);
const Name = Type.Object({ name: Type.String() }, { additionalProperties: false });
const kinds = new Map<string, KindDeclaration>([
  ["conf", { kind: "conf", target: Key, desired: AtLeast, address: ({ key }: { key: string }) => `conf:${key}` }],
  [
    "parameter",
    { kind: "parameter", target: Name, desired: AtLeast, address: ({ name }: { name: string }) => `parameter:${name}` },
  ],
]);
const size = "size: { title: Size, description: In MB., type: number, default: 6, min: 1 }\n";
const conditions = (require: string) => `it: { otherwise: no, require: ${require} }\n`;

function compile(parameters: string, require: string, file = "parameters/linux.yaml") {
  return compilePack(
    {
      checks: [],
      conditions: [parseYamlSource("conditions/x.yaml", conditions(require))],
      benchmarks: [],
      parameters: [parseYamlSource(file, parameters)],
    },
    kinds,
  );
}

function expectationIn(require: string) {
  const { pack, problems } = compile(size, require);
  expect(problems).toEqual([]);
  const condition = pack.conditions.get("it");
  return condition === undefined ? undefined : [...expectationsOf(condition.require)][0];
}

it("puts the default in the place of a reference and remembers the reference", () => {
  expect(expectationIn("{ conf: { key: a, at_least: { parameter: size } } }")).toMatchObject({
    desired: { at_least: 6 },
    parameters: { at_least: "size" },
  });
  expect(expectationIn("{ conf: { key: a, at_least: 7 } }")).not.toHaveProperty("parameters");
});

it("gives an expectation of a parameter the default", () => {
  expect(expectationIn("{ parameter: { name: size, at_least: 3 } }")?.target).toEqual({ name: "size", default: 6 });
});

it("tells references that lead nowhere, stand in the target or do not fit", () => {
  const message = (require: string) =>
    compile(size, require)
      .problems.map((problem) => problem.message)
      .join();
  expect(message("{ conf: { key: a, at_least: { parameter: sise } } }")).toContain('no parameter "sise"');
  expect(message("{ conf: { key: { parameter: size }, at_least: 1 } }")).toContain("cannot be a parameter");
  expect(message("{ conf: { key: a, equals: { parameter: size } } }")).not.toBe("");
  expect(message("{ parameter: { name: none, at_least: 3 } }")).toContain('no parameter "none"');
});

it("refuses a default that its own bounds forbid", () => {
  const problems = (text: string) => compile(text, "{ conf: { key: a, at_least: 1 } }").problems.length;
  expect(problems("x: { title: X, description: D, type: number, default: 0, min: 1 }\n")).toBe(1);
  expect(problems("x: { title: X, description: D, type: enum, default: c, choices: [a, b] }\n")).toBe(1);
  expect(problems("x: { title: X, description: D, type: list, default: ['?'], pattern: '^[a-z]+$' }\n")).toBe(1);
  expect(problems("x: { title: X, description: D, type: string, default: a, pattern: '(' }\n")).toBe(1);
  expect(problems("x: { title: X, type: word, default: a }\n")).toBeGreaterThan(0);
});

it("survives being embedded as JSON", () => {
  const { pack } = compile(size, "{ conf: { key: a, at_least: 1 } }");
  expect(packFromJson(JSON.parse(JSON.stringify(packToJson(pack)))).parameters).toEqual(pack.parameters);
});

it("judges a site's values by type and bounds", () => {
  const base = { id: "x", osType: "linux", title: "X", description: "D" } as const;
  const number: Parameter = { ...base, type: "number", default: 3, min: 1, max: 4 };
  const list: Parameter = { ...base, type: "list", default: [], pattern: "^[a-z.]+$" };
  const choice: Parameter = { ...base, type: "enum", default: "a", choices: ["a", "b"] };
  expect([parameterProblem(number, 1), parameterProblem(list, ["a.b"]), parameterProblem(choice, "b")]).toEqual([
    null,
    null,
    null,
  ]);
  expect(parameterProblem(number, 0)).toBe("must be at least 1");
  expect(parameterProblem(number, 5)).toBe("must be at most 4");
  expect(parameterProblem(number, Number.NaN)).toBe("must be a number");
  expect(parameterProblem(list, ["a", "b c"])).toContain("must match");
  expect(parameterProblem(list, "a")).toContain("must be a list");
  expect(parameterProblem(choice, "c")).toBe("must be one of a, b");
  expect([...parameterProblems({ parameters: [number] }, { x: 2, y: 1 })]).toEqual([
    ["y", "there is no such parameter"],
  ]);
});

it("knows by its file whose a parameter is", () => {
  const { pack, problems } = compile(size, "{ conf: { key: a, at_least: 1 } }");
  expect(problems).toEqual([]);
  expect(parametersFor(pack, "linux").map(({ id }) => id)).toEqual(["size"]);
  expect(parametersFor(pack, "macos")).toEqual([]);
  const misplaced = compile(size, "{ conf: { key: a, at_least: 1 } }", "parameters/x.yaml").problems;
  expect(misplaced[0]?.message).toContain("parameters/linux.yaml");
});
