import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { deflateText, gzipOf, inflateText, inflateTexts, storeText } from "./deflated-text.ts";

/** Texts of up to some blocks, some that repeat themselves. */
const texts = fc.array(
  fc.record({
    text: fc.oneof(
      fc.string({ unit: "binary", maxLength: 500 }),
      fc.tuple(fc.string({ maxLength: 20 }), fc.nat(9_000)).map(([word, times]) => word.repeat(times)),
    ),
    stored: fc.boolean(),
  }),
  { maxLength: 6 },
);

it("puts texts together into what gunzip takes apart, check sum included", () => {
  fc.assert(
    fc.property(texts, (parts) => {
      const made = parts.map(({ text, stored }) => (stored ? storeText : deflateText)(Buffer.from(text)));
      const whole = Buffer.from(parts.map(({ text }) => text).join("")).toString();
      expect(gunzipSync(gzipOf(made)).toString()).toBe(whole);
      expect(inflateTexts([...made, ...made]).toString()).toBe(whole + whole);
      expect(made.map((part) => inflateText(part).length)).toEqual(made.map(({ length }) => length));
    }),
    { numRuns: 300 },
  );
});

it("makes text that repeats itself smaller", () => {
  expect(deflateText(Buffer.from("holdfast ".repeat(1000))).blocks.length).toBeLessThan(200);
});
