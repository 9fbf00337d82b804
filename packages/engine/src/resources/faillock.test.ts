import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { faillock } from "./faillock.ts";

const preauth = "auth required pam_faillock.so preauth\n";
const authfail = "auth [default=die] pam_faillock.so authfail";
const file = "/etc/security/faillock.conf";
const read = (key: string, text: string, stack = `${preauth}${authfail}\n`) =>
  faillock.read(recordingHost({ files: { [file]: text, "/etc/pam.d/common-auth": stack } }), { key });

it.each<[string, string, string, string | null, string | null]>([
  ["the default", "deny", "", "3", "built-in default"],
  ["the file", "deny", "deny = 5\n", "5", `${file}:1`],
  ["a comment", "deny", "# deny = 5\n", "3", "built-in default"],
  ["no number", "deny", "deny = many\n", "3", "built-in default"],
  ["never", "unlock_time", "unlock_time = never\n", "0", `${file}:1`],
  ["longer than it can be", "unlock_time", "unlock_time = 604801\n", "600", "built-in default"],
  ["a flag", "even_deny_root", "even_deny_root\n", "", `${file}:1`],
  ["no flag", "even_deny_root", "", null, null],
  ["root's time without root being locked", "root_unlock_time", "unlock_time = 900\n", null, null],
  ["root's time as everyone's", "root_unlock_time", "even_deny_root\nunlock_time = 900\n", "900", `${file}:2`],
  ["root's own time", "root_unlock_time", "even_deny_root\nroot_unlock_time = 60\n", "60", `${file}:2`],
])("%s", async (_, key, text, value, source) => {
  expect(await read(key, text)).toEqual({ value, source, active: true });
});

it("has arguments over the file, those of the line that counts last", async () => {
  const source = "/etc/pam.d/common-auth:2";
  expect(await read("deny", "deny = 5\n", `${preauth}${authfail} deny=7\n`)).toMatchObject({ value: "7", source });
  const both = `${preauth.trim()} deny=4\n${authfail} deny=7\n`;
  expect(await read("deny", "", both)).toMatchObject({ value: "7", source });
});

it("takes another file named by conf=", async () => {
  const stack = `${authfail} conf=/etc/own.conf\n`;
  const host = recordingHost({
    files: { "/etc/own.conf": "deny=9", [file]: "deny=5", "/etc/pam.d/common-auth": stack },
  });
  expect(await faillock.read(host, { key: "deny" })).toMatchObject({ value: "9", source: "/etc/own.conf:1" });
});

it("is not active where no failure is counted", async () => {
  expect(await read("deny", "", preauth)).toMatchObject({ active: false });
  expect(await read("deny", "", "account required pam_faillock.so authfail\n")).toMatchObject({ active: false });
  const state = { value: "5", source: null, active: false };
  expect(faillock.judge(state, { at_most: 5 }, { key: "deny" }).verdict).toBe("fail");
  expect(faillock.judge({ ...state, active: true }, { at_most: 5 }, { key: "deny" }).verdict).toBe("pass");
});

it("is not enough by default where it is to be written down", async () => {
  const verdict = async (conf: string, explicit: boolean) =>
    faillock.judge(await read("deny", conf, authfail), { at_most: 5, explicit }, { key: "deny" }).verdict;
  expect([await verdict("", false), await verdict("", true), await verdict("deny = 4\n", true)]).toEqual([
    "pass",
    "fail",
    "pass",
  ]);
});
