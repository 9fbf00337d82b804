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
});

it("survives JSON", () => {
  expect(packFromJson(JSON.parse(JSON.stringify(packToJson(pack))))).toEqual(pack);
});

it("refuses a pack whose content was changed", () => {
  const changed = JSON.parse(JSON.stringify(packToJson(pack)).replace('"equals":"1"', '"equals":"2"'));
  expect(() => packFromJson(changed)).toThrow("damaged");
});

it("refuses what is no pack", () => {
  for (const json of [null, "", 1, {}, { digest: "" }]) expect(() => packFromJson(json)).toThrow("not a content pack");
});
