import { expect, it } from "vitest";
import { Kept } from "./kept.ts";

it("drops what was not used for longest when there is no room for more", () => {
  const kept = new Kept<string, string>(6, (value) => value.length);
  kept.set("a", "aa");
  kept.set("b", "bb");
  kept.set("c", "cc");
  expect(kept.get("a")).toBe("aa");
  kept.set("d", "dd");
  expect(["a", "b", "c", "d"].map((key) => kept.get(key))).toEqual(["aa", undefined, "cc", "dd"]);
});

it("counts a value that replaces another once, and keeps none that is larger than all the room", () => {
  const kept = new Kept<string, string>(4, (value) => value.length);
  for (let n = 0; n < 5; n += 1) kept.set("a", "aa");
  kept.set("b", "bb");
  expect(kept.get("a")).toBe("aa");
  kept.set("c", "ccccc");
  expect(["a", "b", "c"].map((key) => kept.get(key))).toEqual([undefined, undefined, undefined]);
});
