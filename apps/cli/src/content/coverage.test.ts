import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { coverageOf, renderCoverage, withCoverage } from "./coverage.ts";
import { readContentDirectory } from "./open-content.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
const coverage = coverageOf(await readContentDirectory(`${root}content`));

it("is current in docs/content.md (else: holdfast content coverage --write docs/content.md)", async () => {
  const text = await readFile(`${root}docs/content.md`, "utf8");
  expect(withCoverage(text, renderCoverage(coverage))).toBe(text);
});

it("counts every row once", () => {
  for (const { rows, automatedJudged, manualJudged, asked, notPorted } of coverage)
    expect(automatedJudged + manualJudged + asked + notPorted).toBe(rows);
});

it("has no place in a text without markers", () => {
  expect(withCoverage("# Title\n", "table\n")).toBeNull();
});
