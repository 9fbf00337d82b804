import { describe, expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { pwquality } from "./pwquality.ts";

const password = { "/etc/pam.d/common-password": "password requisite pam_pwquality.so retry=3\n" };
const conf = "/etc/security/pwquality.conf";

describe("pwquality", () => {
  const read = (key: string, files: Record<string, string>) => pwquality.read(recordingHost({ files }), { key });

  it.each<[string, string, Record<string, string>, string | null, string | null]>([
    ["the default", "minlen", {}, "8", "built-in default"],
    ["the default of credits", "dcredit", {}, "0", "built-in default"],
    ["no default", "badwords", {}, null, null],
    ["the main file", "minlen", { [conf]: "minlen = 14\n" }, "14", `${conf}:1`],
    ["the last line", "minlen", { [conf]: "minlen=9\nminlen=14\n" }, "14", `${conf}:2`],
    ["a comment", "minlen", { [conf]: "# minlen = 14\n" }, "8", "built-in default"],
    ["a comment behind it", "minlen", { [conf]: "  minlen 14 # long\n" }, "14", `${conf}:1`],
    ["another case", "minlen", { [conf]: "MinLen = 14\n" }, "14", `${conf}:1`],
    ["a drop-in", "minlen", { [`${conf}.d/50.conf`]: "minlen = 14\n" }, "14", `${conf}.d/50.conf:1`],
    [
      "the later drop-in",
      "minlen",
      { [`${conf}.d/50.conf`]: "minlen = 14\n", [`${conf}.d/60.conf`]: "minlen = 15\n" },
      "15",
      `${conf}.d/60.conf:1`,
    ],
    [
      "the main file over a drop-in",
      "minlen",
      { [`${conf}.d/50.conf`]: "minlen = 14\n", [conf]: "minlen = 9\n" },
      "9",
      `${conf}:1`,
    ],
    ["a file that is none", "minlen", { [`${conf}.d/50.conf.bak`]: "minlen = 14\n" }, "8", "built-in default"],
    ["the module's arguments", "retry", { [conf]: "retry = 5\n" }, "3", "/etc/pam.d/common-password:1"],
    ["a flag", "enforce_for_root", { [conf]: "enforce_for_root\n" }, "", `${conf}:1`],
    ["a flag with a value", "enforce_for_root", { [conf]: "enforce_for_root = 0\n" }, "", `${conf}:1`],
    ["no flag", "enforce_for_root", {}, null, null],
    ["a negative number", "dcredit", { [conf]: "dcredit = -1\n" }, "-1", `${conf}:1`],
    ["less than the least", "minlen", { [conf]: "minlen = 1\n" }, "6", `${conf}:1`],
    ["lines after one that is no number", "minlen", { [conf]: "difok = two\nminlen = 14\n" }, "8", "built-in default"],
    ["lines before one that is no number", "minlen", { [conf]: "minlen = 14\ndifok = two\n" }, "14", `${conf}:1`],
  ])("%s", async (_, key, files, value, source) => {
    expect(await read(key, { ...password, ...files })).toEqual({ value, source, active: true });
  });

  it("is active only in the password stack", async () => {
    const elsewhere = { "/etc/pam.d/common-password": "auth required pam_pwquality.so\n" };
    expect(await read("minlen", elsewhere)).toMatchObject({ active: false });
    expect(await read("minlen", {})).toMatchObject({ active: false });
    expect(await read("minlen", { "/etc/pam.d/system-auth": "password required pam_pwquality.so\n" })).toMatchObject({
      active: true,
    });
  });

  it("fails whatever is set when the module is not in use", () => {
    const state = { value: "14", source: `${conf}:1`, active: false };
    expect(pwquality.judge(state, { at_least: 14 }, { key: "minlen" })).toMatchObject({
      verdict: "fail",
      actual: "pam_pwquality is not in the password stack, so this has no effect",
    });
    expect(pwquality.judge({ ...state, active: true }, { at_least: 14 }, { key: "minlen" }).verdict).toBe("pass");
    expect(pwquality.judge({ ...state, active: true }, { at_least: 15 }, { key: "minlen" }).verdict).toBe("fail");
  });
});
