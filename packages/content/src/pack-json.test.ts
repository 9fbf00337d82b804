import { expect, it } from "vitest";
import { packFrom, packFromJson, packToJson } from "./pack-json.ts";

const pack = packFrom({
  conditions: [
    {
      id: "c",
      otherwise: "Off",
      require: { expectation: { kind: "k", target: {}, desired: { equals: "1" }, address: "k:" } },
    },
  ],
  checks: [],
  benchmarks: [],
  catalogues: [
    { id: "z", title: "Z", controls: {} },
    { id: "a", title: "A", controls: { "1": "One" } },
  ],
});

it("survives JSON", () => {
  expect(packFromJson(JSON.parse(JSON.stringify(packToJson(pack))))).toEqual(pack);
});

it("keeps catalogues by id, and none apart from an empty list", () => {
  expect(pack.catalogues?.map(({ id }) => id)).toEqual(["a", "z"]);
  const without = { conditions: [], checks: [], benchmarks: [] };
  expect(packFrom({ ...without, catalogues: [] })).toEqual(packFrom(without));
});

it("refuses a pack whose content was changed", () => {
  const changed = JSON.parse(JSON.stringify(packToJson(pack)).replace('"equals":"1"', '"equals":"2"'));
  expect(() => packFromJson(changed)).toThrow("damaged");
});

it("refuses what is no pack", () => {
  for (const json of [null, "", 1, {}, { digest: "" }]) expect(() => packFromJson(json)).toThrow("not a content pack");
});
