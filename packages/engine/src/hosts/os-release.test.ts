import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { parseOsRelease } from "./os-release.ts";

it("reads quoted, bare and escaped values, comments and CRLF", () => {
  const text = [
    "# comment",
    'ID="rocky"',
    "ID_LIKE='rhel centos fedora'",
    "VERSION_ID=9.4",
    'PRETTY_NAME="A \\"B\\" \\$C"',
    "",
  ].join("\r\n");
  expect(parseOsRelease(text)).toEqual({
    osType: "linux",
    id: "rocky",
    idLike: ["rhel", "centos", "fedora"],
    version: "9.4",
    name: 'A "B" $C',
  });
});

it("does not guess without an ID", () => {
  expect(() => parseOsRelease("NAME=x\n")).toThrow(UnreadableError);
  expect(() => parseOsRelease("ID=../../x\n")).toThrow(UnreadableError);
});
