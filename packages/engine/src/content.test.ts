import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expectationsOf } from "@holdfast/content/expression";
import { jsonSchemas, schemaText } from "@holdfast/content/json-schemas";
import { loadPack } from "@holdfast/content/load-pack";
import { packFromJson, packToJson } from "@holdfast/content/pack-json";
import { formatProblem } from "@holdfast/content/problem";
import { loadProofs } from "@holdfast/content/proofs";
import { findBenchmark } from "@holdfast/content/resolve-benchmark";
import { describe, expect, it } from "vitest";
import { runProofs, survivingMutants } from "./prove.ts";
import { resources } from "./registry.ts";

const dir = fileURLToPath(new URL("../../../content", import.meta.url));
const kinds = new Map(resources.map((resource) => [resource.kind, resource]));
const { pack, problems } = await loadPack(dir, kinds);
const loaded = await loadProofs(dir, pack);

describe("the content of this repository", () => {
  it("is valid", () => {
    expect([...problems, ...loaded.problems].map(formatProblem)).toEqual([]);
  });

  it("has proofs that hold, of every verdict a check can give", () => {
    expect(runProofs(pack, loaded.proofs)).toEqual([]);
  });

  it("has proofs that notice every changed desired value", () => {
    const survivors = [...pack.checks.values()].flatMap((check) =>
      survivingMutants(check, loaded.proofs.get(check.id) ?? [], pack.conditions).map(
        ({ address, description }) => `${check.id}: ${address} ${description}`,
      ),
    );
    expect(survivors).toEqual([]);
  });

  it("maps every check to both catalogues of controls", () => {
    const catalogues = pack.catalogues?.map(({ id }) => id) ?? [];
    expect(catalogues).toEqual(["cis-controls-v8", "nist-800-53r5"]);
    const unmapped = [...pack.checks.values()].flatMap(({ id, mappings = {} }) =>
      catalogues.filter((catalogue) => mappings[catalogue] === undefined).map((catalogue) => `${id}: ${catalogue}`),
    );
    expect(unmapped).toEqual([]);
  });

  it("survives being embedded as JSON", () => {
    expect(packFromJson(JSON.parse(JSON.stringify(packToJson(pack)))).digest).toBe(pack.digest);
  });

  it("has current schemas for editors; holdfast content schema writes them", async () => {
    for (const [name, schema] of jsonSchemas(resources))
      expect(await readFile(path.join(dir, "schema", name), "utf8"), name).toBe(schemaText(schema));
  });
});

describe.each([
  ["cis-debian-12@1.1.0", 310, 289],
  ["cis-ubuntu-24.04@1.0.0", 312, 291],
  ["cis-ubuntu-22.04@2.0.0", 300, 281],
  ["cis-rhel-9@2.0.0", 298, 278],
])("%s", (reference, rows, automatedRows) => {
  const recommendations = findBenchmark(pack, reference)?.recommendations ?? [];
  const automated = recommendations.filter(({ assessment }) => assessment === "automated");

  it(`lists ${rows} recommendations, each number once, ${automatedRows} of them automated`, () => {
    expect(recommendations).toHaveLength(rows);
    expect(new Set(recommendations.map(({ number }) => number)).size).toBe(rows);
    expect(automated).toHaveLength(automatedRows);
  });

  it("judges at least 98 % of the automated ones without a person", () => {
    const judged = automated.filter(({ check }) => {
      const require = pack.checks.get(check)?.require ?? null;
      return require !== null && [...expectationsOf(require)].some(({ kind }) => kind !== "manual");
    });
    expect(judged.length / automatedRows).toBeGreaterThanOrEqual(0.98);
  });
});
