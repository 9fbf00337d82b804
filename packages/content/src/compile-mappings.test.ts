import { expect, it } from "vitest";
import { compileMappings } from "./compile-mappings.ts";
import { formatProblem, type Problem } from "./problem.ts";
import { parseYamlSource } from "./yaml-source.ts";

const head = 'id: c\ntitle: C 1\nsource: Public.\ncontrols: { "1.10": Ten, "2": Two }\nentries:';

function compile(text: string, file = "mappings/c.yaml") {
  const problems: Problem[] = [];
  const checkIds = ["one", "two", "two-rhel", "three-rhel", "three", "none"];
  const bases = new Map([
    ["two-rhel", "two"],
    ["three-rhel", "three"],
  ]);
  const compiled = compileMappings([parseYamlSource(file, text)], checkIds, bases, problems);
  return { ...compiled, problems: problems.map(formatProblem) };
}

it("gives each check its controls, and those of the one it extends to a variant that is not listed itself", () => {
  const { catalogues, mappings, problems } = compile(
    `${head}\n  - { controls: ["1.10"], checks: [one, two, three-rhel] }\n  - { controls: ["2"], checks: [two, three] }`,
  );
  expect(problems).toEqual([]);
  expect(catalogues).toEqual([{ id: "c", title: "C 1", controls: { "1.10": "Ten", "2": "Two" } }]);
  expect(Object.fromEntries(mappings)).toEqual({
    one: { c: ["1.10"] },
    two: { c: ["1.10", "2"] },
    "two-rhel": { c: ["1.10", "2"] },
    three: { c: ["2"] },
    "three-rhel": { c: ["1.10"] },
  });
});

const both = '["1.10", "2"]';
it.each([
  [
    `${head}\n  - { controls: ${both}, checks: [won] }`,
    'mappings/c.yaml:6: entries[0].checks[0]: no check "won"; did you mean "one"?',
  ],
  [
    `${head}\n  - { controls: ["1.10", "2", "3"], checks: [one] }`,
    'entries[0].controls[2]: no control "3" under controls',
  ],
  [`${head}\n  - { controls: [1.10, "2"], checks: [one] }`, 'write "1.10" in quotes'],
  [`${head}\n  - { controls: ["2"], checks: [one] }`, "mappings/c.yaml:4: controls.1.10: no entry uses this control"],
  [`${head}\n  - { controls: ${both}, checks: [one, one] }`, 'entries[0].checks[1]: "one" is listed for 1.10 already'],
  [`${head.replace("title: C 1\n", "")}\n  - { controls: ${both}, checks: [one] }`, '"title" is missing'],
])("refuses a mapping that is wrong", (text, message) => {
  expect(compile(text).problems.join("\n")).toContain(message);
});

it("wants the file named as the catalogue", () => {
  const { problems } = compile(`${head}\n  - { controls: ${both}, checks: [one] }`, "mappings/d.yaml");
  expect(problems.join("\n")).toContain("the id belongs in mappings/c.yaml");
});
