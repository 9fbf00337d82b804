import { expect, it } from "vitest";
import { sampleOf } from "./regex-sample.ts";

it.each([
  ["^(yes|no)$", ["yes", "no"]],
  ["^0*[2367]7$", ["27"]],
  ["^(?!http://)\\S", ["x"]],
  ["a{3}", ["aaa"]],
  ["^(?:a|b)+\\.service$", ["a.service", "b.service"]],
  ["(?!)", []],
])("%s", (pattern, samples) => {
  expect(sampleOf(pattern)).toEqual(samples);
});
