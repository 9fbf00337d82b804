import { parseYamlSource } from "@holdfast/content/yaml-source";
import fc from "fast-check";
import { expect, it } from "vitest";
import { flowYaml } from "./flow-yaml.ts";

it("is read back as the value it was made of", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const json = JSON.parse(JSON.stringify(value));
      expect(parseYamlSource("x", `a: ${flowYaml({ b: [json] })}`).value).toEqual({ a: { b: [json] } });
    }),
  );
});

it.each([
  "yes",
  "null",
  "0644",
  "1.10",
  "a: b",
  "a #b",
  "- a",
  "",
  "x ",
  "[a]",
  "a, b",
  "it's",
  'say "no" \\s',
  "*",
  "&a",
  "!a",
  "2024-01-01",
  "a:",
])("keeps the text %j a text", (text) => {
  expect(parseYamlSource("x", `a: ${flowYaml({ [text]: [text] })}`).value).toEqual({ a: { [text]: [text] } });
});
