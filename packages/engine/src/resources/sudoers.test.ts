import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { sudoers } from "./sudoers.ts";
import { parseDefaults } from "./sudoers-defaults.ts";

const main = "/etc/sudoers";
const option = (name: string, text: string, files: Recording["files"] = {}) =>
  sudoers.read(recordingHost({ hostname: "web.example.org", files: { ...files, [main]: text } }), { option: name });
const tag = (name: string, text: string) => sudoers.read(recordingHost({ files: { [main]: text } }), { tag: name });

describe("an option", () => {
  it.each([
    ["a flag", "Defaults use_pty\n", "use_pty", "on"],
    ["a flag switched off", "Defaults !use_pty\n", "use_pty", "off"],
    ["off with a blank", "Defaults ! use_pty\n", "use_pty", "off"],
    ["off twice is on", "Defaults !!use_pty\n", "use_pty", "on"],
    ["the last one wins", "Defaults use_pty\nDefaults !use_pty\n", "use_pty", "off"],
    ["several on a line", "Defaults env_reset , !authenticate,use_pty\n", "authenticate", "off"],
    ["a comment", "# Defaults use_pty\n", "use_pty", "off"],
    ["a comment behind it", "Defaults use_pty # , !use_pty\n", "use_pty", "on"],
    ["a comment is not continued", "# Defaults \\\nDefaults use_pty\n", "use_pty", "on"],
    ["a continued line", "Defaults \\\n  env_reset, \\\n  use_pty\n", "use_pty", "on"],
    ["tabs and CRLF", "Defaults\tuse_pty\r\n", "use_pty", "on"],
    ["a text", "Defaults logfile=/var/log/sudo.log\n", "logfile", "/var/log/sudo.log"],
    ["a text with blanks around =", "Defaults logfile = /x \n", "logfile", "/x"],
    ["a quoted text", 'Defaults logfile="/a,b #c"\n', "logfile", "/a,b #c"],
    ["an escaped comma", "Defaults logfile=/a\\,b\n", "logfile", "/a,b"],
    ["a text switched off", "Defaults logfile=/x\nDefaults !logfile\n", "logfile", null],
    ["a text without a value is passed over", "Defaults logfile\n", "logfile", null],
    ["a flag with a value is passed over", "Defaults use_pty=yes\n", "use_pty", "off"],
    ["a number", "Defaults timestamp_timeout=5\n", "timestamp_timeout", "5"],
    ["a number switched off", "Defaults !timestamp_timeout\n", "timestamp_timeout", "0"],
    ["the built-in number", "", "timestamp_timeout", "15"],
    ["the built-in flag", "", "authenticate", "on"],
    ["no built-in text", "", "logfile", null],
    ["a word that only begins alike", "Defaultsuse_pty\n", "use_pty", "off"],
  ])("%s", async (_name, text, name, value) => {
    expect((await option(name, text)).value).toBe(value);
  });

  it("knows that use_pty is on from sudo 1.9.14", async () => {
    expect(await option("use_pty", "", { "/usr/bin/sudo": "\0" + "1.9.13p3\0" })).toMatchObject({ value: "off" });
    expect(await option("use_pty", "", { "/usr/bin/sudo": "\0" + "1.9.15p5\0" })).toMatchObject({ value: "on" });
  });

  it("follows includes, in directories only names without a dot or a trailing ~", async () => {
    const files = {
      "/etc/sudoers.d/a": "Defaults passwd_tries=1\n",
      "/etc/sudoers.d/b~": "Defaults passwd_tries=2\n",
      "/etc/sudoers.d/c.conf": "Defaults passwd_tries=3\n",
      "/etc/sudoers.d/d/e": "Defaults passwd_tries=4\n",
      "/etc/with space": "Defaults passwd_tries=5\n",
      "/etc/for-web": "Defaults passwd_tries=6\n",
    };
    const value = async (text: string) => (await option("passwd_tries", text, files)).value;
    expect(await value("@includedir /etc/sudoers.d\n")).toBe("1");
    expect(await value("#includedir /etc/sudoers.d\n")).toBe("1");
    expect(await value('@include "/etc/with space"\n')).toBe("5");
    expect(await value("#include with\\ space\n")).toBe("5");
    expect(await value("@include for-%h\nDefaults passwd_tries=7\n")).toBe("7");
    expect(await value("Defaults passwd_tries=7\n@include for-%h\n")).toBe("6");
    expect(await value("# include /etc/for-web\n")).toBe("3");
    await expect(value("@include /etc/sudoers\n")).rejects.toThrow("without end");
  });

  it.each([":bob", ":%wheel,eve", "@web", ">root", "!/usr/bin/foo", ":#1000"])(
    "fails when it is switched off for %s",
    async (scope) => {
      const state = await option("use_pty", `Defaults use_pty\nDefaults${scope} !use_pty\n`);
      expect(state).toMatchObject({ value: "on", scoped: [{ scope, value: "off", source: "/etc/sudoers:2" }] });
      expect(sudoers.judge(state, { equals: "on" }, { option: "use_pty" })).toEqual({
        verdict: "fail",
        expected: "use_pty is on",
        actual: `use_pty is on; but is off in "Defaults${scope}"`,
        source: "/etc/sudoers:2",
      });
    },
  );

  it("passes when what is set for some meets it too", async () => {
    const state = await option("timestamp_timeout", "Defaults timestamp_timeout=5\nDefaults:bob timestamp_timeout=0\n");
    expect(sudoers.judge(state, { between: [0, 15] }, { option: "timestamp_timeout" }).verdict).toBe("pass");
  });

  it("keeps the names of a scope together, blanks and quotes or not", () => {
    const scopeOf = (text: string) => parseDefaults({ text, source: "" })[0]?.scope;
    expect(scopeOf('Defaults:"the boss" , bob !use_pty')).toBe(':"the boss",bob');
    expect(scopeOf("Defaults@h1 , h2 !use_pty")).toBe("@h1,h2");
    expect(scopeOf("Defaults !use_pty")).toBeNull();
  });
});

describe("a tag", () => {
  it.each([
    ["in a rule", "bob ALL=(ALL) NOPASSWD: ALL\n", "NOPASSWD"],
    ["without blanks", "bob ALL=NOPASSWD:ALL\n", "NOPASSWD"],
    ["after another tag", "bob ALL=(ALL) NOEXEC:NOPASSWD:ALL\n", "NOPASSWD"],
    ["after a command", "bob ALL= /bin/a, NOPASSWD: /bin/b\n", "NOPASSWD"],
    ["for a second host", "bob h1=/bin/a : h2=NOPASSWD: ALL\n", "NOPASSWD"],
    ["on a continued line", "bob ALL=(ALL) \\\n  NOPASSWD: ALL\n", "NOPASSWD"],
    ["of a user id", "#1000 ALL=NOPASSWD: ALL\n", "NOPASSWD"],
    ["in a comment", "# bob ALL=(ALL) NOPASSWD: ALL\nbob ALL=ALL # NOPASSWD: x\n", null],
    ["another tag", "bob ALL=PASSWD: ALL\n", null],
    ["an alias of that name", "User_Alias NOPASSWD = bob : X = eve\nNOPASSWD ALL=ALL\n", null],
    ["a part of a command", "bob ALL=/bin/a NOPASSWD\\: x\n", null],
  ])("%s", async (_name, text, value) => {
    expect((await tag("NOPASSWD", text)).value).toBe(value);
  });

  it("names the first rule and has an address of its own", async () => {
    const state = await tag("NOPASSWD", "\nbob ALL=NOPASSWD: ALL\neve ALL=NOPASSWD: ALL\n");
    expect(sudoers.judge(state, { absent: true }, { tag: "NOPASSWD" })).toMatchObject({
      verdict: "fail",
      actual: "the tag NOPASSWD is in a rule",
      source: "/etc/sudoers:2",
    });
    expect(sudoers.address({ tag: "NOPASSWD" })).toBe("sudoers:tag:NOPASSWD");
    expect(sudoers.address({ option: "use_pty" })).toBe("sudoers:use_pty");
  });
});

it("passes on that it cannot be read", async () => {
  const error = new UnreadableError("needs_root", "needs root: cannot read /etc/sudoers");
  const host = recordingHost({ privileged: false, files: { [main]: "" }, unreadable: { [main]: error } });
  await expect(sudoers.read(host, { option: "use_pty" })).rejects.toBe(error);
});

it("is quick on a hostile file", async () => {
  const text = `${"Defaults\\\n".repeat(200_000)}\nDefaults:a${" ,".repeat(200_000)}"\n${"\\\n".repeat(200_000)}`;
  expect((await option("use_pty", text)).value).toBe("off");
});
