import { expect, it } from "vitest";
import { printable } from "./printable.ts";

it("leaves text as it is", () => {
  expect(printable("/srv/Größe – 大 🙂 \\x1b")).toBe("/srv/Größe – 大 🙂 \\x1b");
});

it("shows what would act on a terminal", () => {
  expect(printable("a\u001b[2J\nb\tc\u009b\u202e")).toBe("a\\x1b[2J\\x0ab c\\x9b\\u202e");
});
