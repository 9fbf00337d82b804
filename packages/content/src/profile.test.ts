import { expect, it } from "vitest";
import type { Benchmark, Level } from "./pack.ts";
import { recommendationsOf } from "./profile.ts";

function row(number: string, server: Level | null, workstation: Level | null) {
  return { number, check: `check-${number}`, server, workstation, assessment: "automated" as const };
}

const benchmark: Benchmark = {
  id: "cis-debian-12",
  version: "1.1.0",
  title: "",
  osType: "linux",
  platforms: [],
  sections: {},
  recommendations: [row("2", 2, null), row("1", 1, 2), row("3", null, 1)],
};

it("takes the rows of the profile up to the level, in the document's order", () => {
  const numbers = (level: Level, profile: "server" | "workstation") =>
    recommendationsOf(benchmark, level, profile).map(({ number }) => number);
  expect(numbers(1, "server")).toEqual(["1"]);
  expect(numbers(2, "server")).toEqual(["2", "1"]);
  expect(numbers(1, "workstation")).toEqual(["3"]);
  expect(numbers(2, "workstation")).toEqual(["1", "3"]);
});
