import { type Verdict, verdicts } from "@holdfast/contracts/verdict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allOf, anyOf, noneOf, opposite } from "./verdict-algebra.ts";

const verdict = fc.constantFrom<Verdict>(...verdicts);
const list = fc.array(verdict, { maxLength: 6 });
const nonEmpty = fc.array(verdict, { minLength: 1, maxLength: 6 });

describe("the table in docs/architecture.md", () => {
  it.each<[Verdict, Verdict, Verdict, Verdict]>([
    // a, b, all, any
    ["pass", "fail", "fail", "pass"],
    ["pass", "error", "error", "pass"],
    ["pass", "manual", "manual", "pass"],
    ["pass", "not_applicable", "pass", "pass"],
    ["fail", "error", "fail", "error"],
    ["fail", "manual", "fail", "manual"],
    ["fail", "not_applicable", "fail", "fail"],
    ["error", "manual", "error", "error"],
    ["error", "not_applicable", "error", "error"],
    ["manual", "not_applicable", "manual", "manual"],
  ])("%s with %s: all is %s, any is %s", (a, b, all, any) => {
    expect(allOf([a, b])).toBe(all);
    expect(anyOf([a, b])).toBe(any);
  });

  it("says an empty list does not apply", () => {
    expect([allOf([]), anyOf([]), noneOf([])]).toEqual(["not_applicable", "not_applicable", "not_applicable"]);
  });
});

describe.each([
  ["all", allOf],
  ["any", anyOf],
] as const)("%s", (_name, combine) => {
  it("does not depend on order or repetition", () => {
    fc.assert(
      fc.property(nonEmpty, (items) => {
        expect(combine([...items].reverse())).toBe(combine(items));
        expect(combine([...items, ...items])).toBe(combine(items));
      }),
    );
  });

  it("can be nested without changing the verdict", () => {
    fc.assert(
      fc.property(list, list, (left, right) => {
        expect(combine([combine(left), combine(right)])).toBe(combine([...left, ...right]));
      }),
    );
  });

  it("is the verdict itself for one", () => {
    for (const single of verdicts) expect(combine([single])).toBe(single);
  });

  it("ignores what does not apply", () => {
    fc.assert(fc.property(list, (items) => void expect(combine([...items, "not_applicable"])).toBe(combine(items))));
  });
});

describe("an error", () => {
  it("never becomes a pass: without something that passes, no tree does", () => {
    const unread = fc.array(fc.constantFrom<Verdict>("error", "not_applicable", "manual"), { minLength: 1 });
    fc.assert(
      fc.property(unread, (items) => {
        for (const combine of [allOf, anyOf, noneOf]) expect(combine(items)).not.toBe("pass");
      }),
    );
  });

  it("is never hidden by all: with it the verdict is error, or fail when something surely fails", () => {
    fc.assert(
      fc.property(list, (items) => {
        expect(["error", "fail"]).toContain(allOf([...items, "error"]));
      }),
    );
  });

  it("is only ever resolved to what both of its possible outcomes give", () => {
    const known = fc.array(fc.constantFrom<Verdict>("pass", "fail"), { maxLength: 5 });
    fc.assert(
      fc.property(known, (items) => {
        for (const combine of [allOf, anyOf, noneOf]) {
          const outcomes = new Set([combine([...items, "pass"]), combine([...items, "fail"])]);
          const expected = outcomes.size === 1 ? [...outcomes][0] : "error";
          expect(combine([...items, "error"])).toBe(expected);
        }
      }),
    );
  });
});

describe("none", () => {
  it("is all of the opposites, and the opposite of any (De Morgan)", () => {
    fc.assert(
      fc.property(nonEmpty, (items) => {
        expect(noneOf(items)).toBe(allOf(items.map(opposite)));
        expect(noneOf(items)).toBe(opposite(anyOf(items)));
      }),
    );
  });
});
