import { expect, it } from "vitest";
import { isSameControl, logicalPamLines, splitPamLine } from "./pam-syntax.ts";

it.each([
  ["plain lines", "a b\nc d\n", ["a b", "c d"]],
  ["blank lines and comments", "\n  \n# x\n  # y\na\n", ["a"]],
  ["a comment behind text", "a b # c\n", ["a b"]],
  ["a continued line", "a \\\n  b\nc\n", ["a  b", "c"]],
  ["space behind the backslash", "a \\  \nb\n", ["a  b"]],
  ["comments inside a continued line", "a \\\n# x\n\nb\n", ["a  b"]],
  ["a comment ends a line, backslash or not", "a \\ # x\nb\n", ["a \\", "b"]],
  ["a backslash at the end of the file", "a \\", ["a "]],
])("puts together %s", (_, text, lines) => {
  expect(logicalPamLines(text).map((line) => line.text)).toEqual(lines);
});

it("gives the number of a line's first part", () => {
  expect(logicalPamLines("\na \\\nb\nc").map(({ line }) => line)).toEqual([2, 4]);
});

it.each([
  ["auth required pam_unix.so nullok", ["auth", "required", "pam_unix.so", "nullok"]],
  ["auth\t[success=1   default=ignore]\tpam_unix.so", ["auth", "[success=1 default=ignore]", "pam_unix.so"]],
  ["auth [ success=1 ] pam_x.so", ["auth", "[success=1]", "pam_x.so"]],
  ["auth required pam_x.so [a b] c", ["auth", "required", "pam_x.so", "a b", "c"]],
  ["auth required pam_x.so [a \\[b\\] c]", ["auth", "required", "pam_x.so", "a \\[b] c"]],
  ["auth required pam_x.so a[b]", ["auth", "required", "pam_x.so", "a[b]"]],
  ["auth [success=1", ["auth", "[success=1]"]],
])("splits %j", (text, words) => {
  expect(splitPamLine(text)).toEqual(words);
});

it.each([
  ["required", "REQUIRED", true],
  ["required", "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]", true],
  ["requisite", "[default=die success=ok new_authtok_reqd=ok ignore=ignore]", true],
  ["[success=1 default=ignore]", "[default=ignore success=1]", true],
  ["[success = 1 default=ignore]", "[success=1 default=ignore]", true],
  ["required", "requisite", false],
  ["[success=1 default=ignore]", "[success=2 default=ignore]", false],
])("%s and %s: same is %s", (one, other, same) => {
  expect(isSameControl(one, other)).toBe(same);
});
