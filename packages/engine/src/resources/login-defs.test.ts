import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { loginDefs } from "./login-defs.ts";

const path = "/etc/login.defs";
const key = "PASS_MAX_DAYS";
const read = (text: string | null) =>
  loginDefs.read(recordingHost({ files: text === null ? {} : { [path]: text } }), { key });

describe("a setting of login.defs", () => {
  it.each([
    ["no file", null, null],
    ["no line", "PASS_MIN_DAYS 1\n", null],
    ["a comment", "#PASS_MAX_DAYS 90\n", null],
    ["tabs and blanks", " PASS_MAX_DAYS\t \t90 \t\n", "90"],
    ["CRLF", "PASS_MAX_DAYS 90\r\n", "90"],
    ["the last one wins", "PASS_MAX_DAYS 90\nPASS_MAX_DAYS 400\n", "400"],
    ["quotes", 'PASS_MAX_DAYS "90"\n', "90"],
    ["a comment behind it is part of it", "PASS_MAX_DAYS 90 # days\n", "90 # days"],
    ["another case is another name", "pass_max_days 90\n", null],
    ["a longer name", "PASS_MAX_DAYS2 90\n", null],
    ["an equals sign is part of it", "PASS_MAX_DAYS=90\n", null],
    ["no value", "PASS_MAX_DAYS\n", null],
  ])("%s", async (_name, text, value) => {
    expect((await read(text)).value).toBe(value);
  });

  it("points at the line that counts", async () => {
    const state = await read("\nPASS_MAX_DAYS 90\n");
    expect(loginDefs.judge(state, { between: [1, 365] }, { key })).toEqual({
      verdict: "pass",
      expected: "PASS_MAX_DAYS is between 1 and 365",
      actual: "PASS_MAX_DAYS is 90",
      source: "/etc/login.defs:2",
    });
  });

  it("fails on a number that is none for the shadow tools", async () => {
    const state = await read("PASS_MAX_DAYS 90 # days\n");
    expect(loginDefs.judge(state, { at_most: 365 }, { key }).verdict).toBe("fail");
  });

  it("passes on that it cannot be read", async () => {
    const error = new UnreadableError("needs_root", `needs root: cannot read ${path}`);
    const host = recordingHost({ privileged: false, unreadable: { [path]: error } });
    await expect(loginDefs.read(host, { key })).rejects.toBe(error);
  });
});
