import { expect, it } from "vitest";
import type { Proofs } from "./proofs.ts";
import { proofsFromJson, proofsToJson } from "./proofs-json.ts";

it("gives back the proofs it was given, and takes nothing else", () => {
  const facts = new Map([["sysctl:a", { state: { running: "0" } }]]);
  const proofs: Proofs = new Map([["a-check", [{ name: "off", verdict: "pass", facts }]]]);
  expect(proofsFromJson(JSON.parse(JSON.stringify(proofsToJson(proofs))))).toEqual(proofs);
  for (const wrong of [null, {}, [["a-check", [{}]]], [[1, []]]]) expect(() => proofsFromJson(wrong)).toThrow("proofs");
});
