import { describe, expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { shellStatements } from "./shell-startup-files.ts";
import { shellTimeout } from "./shell-timeout.ts";
import { umask } from "./umask.ts";

it.each([
  ["a=1; b=2 && c", ["a=1", "b=2", "c"]],
  ["# comment", []],
  ["a # comment", ["a"]],
  ["a#b", ["a#b"]],
  ["a \"x; # y\" 'z; #'", ["a \"x; # y\" 'z; #'"]],
  ["if [ x ]; then umask 027; fi", ["[ x ]", "umask 027", "fi"]],
  ["f() { umask 027; }", ["f", "umask 027"]],
  ['a "open', ['a "open']],
])("splits %j", (line, commands) => {
  expect(shellStatements(line, "/x").map(({ text }) => text)).toEqual(commands);
});

const file = "/etc/profile.d/local.sh";

describe("the time-out", () => {
  const judge = async (files: Record<string, string>) =>
    shellTimeout.judge(await shellTimeout.read(recordingHost({ files }), {}), { at_most: 900 }, {});

  it.each([
    ["three lines", "TMOUT=900\nreadonly TMOUT\nexport TMOUT\n"],
    ["one line", "TMOUT=900; readonly TMOUT; export TMOUT"],
    ["readonly with a value", "readonly TMOUT=600 ; export TMOUT"],
    ["declare", "declare -xr TMOUT=600"],
    ["typeset", "typeset -x -r TMOUT='600'"],
    ["quotes", 'TMOUT="1"\nreadonly TMOUT\nexport TMOUT\n'],
  ])("passes: %s", async (_, text) => {
    expect(await judge({ [file]: text })).toMatchObject({ verdict: "pass", source: `${file}:1` });
  });

  it.each([
    ["too long", "declare -xr TMOUT=901", `901 in ${file}:1`],
    ["never", "declare -xr TMOUT=0", `0 in ${file}:1`],
    ["empty", "declare -xr TMOUT=", `empty in ${file}:1`],
    ["a variable", "declare -xr TMOUT=$X", `$X in ${file}:1`],
    ["one of two", "declare -xr TMOUT=900\nTMOUT=1000", `1000 in ${file}:2`],
    ["not readonly", "export TMOUT=900", "no startup file sets TMOUT, makes it readonly and exports it"],
    ["not exported", "readonly TMOUT=900", "no startup file sets TMOUT, makes it readonly and exports it"],
    [
      "taken back",
      "readonly TMOUT=900; export -n TMOUT",
      "no startup file sets TMOUT, makes it readonly and exports it",
    ],
    ["a comment", "# declare -xr TMOUT=900", "no startup file sets TMOUT"],
    ["another name", "declare -xr MY_TMOUT=900", "no startup file sets TMOUT"],
  ])("fails: %s", async (_, text, actual) => {
    expect(await judge({ [file]: text })).toMatchObject({ verdict: "fail", actual });
  });

  it("fails when another file sets more, and passes by any one file", async () => {
    const right = "declare -xr TMOUT=900\n";
    expect((await judge({ [file]: right, "/etc/bash.bashrc": "TMOUT=3600\n" })).verdict).toBe("fail");
    expect((await judge({ "/etc/profile": right, "/etc/bash.bashrc": "TMOUT=300\n" })).verdict).toBe("pass");
    expect(
      (await judge({ "/etc/profile": "TMOUT=900", "/etc/bash.bashrc": "readonly TMOUT; export TMOUT" })).verdict,
    ).toBe("fail");
    expect((await judge({ "/etc/profile.d/local.txt": right })).verdict).toBe("fail");
  });
});

describe("the umask", () => {
  const session = { "/etc/pam.d/common-session": "session optional pam_umask.so\n" };
  const judge = async (files: Record<string, string>) =>
    umask.judge(await umask.read(recordingHost({ files }), {}), { at_least: "027" }, {});

  it.each<[string, Record<string, string>]>([
    ["a startup file", { [file]: "umask 027\n" }],
    ["a stricter one", { [file]: "umask 0077\n" }],
    ["symbolic", { [file]: "umask u=rwx,g=rx,o=\n" }],
    ["symbolic with -S", { [file]: "umask -S u=rwx,g=,o=\n" }],
    ["under a condition", { [file]: "if [ x ]; then umask 027; fi\n" }],
    ["login.defs and pam_umask", { ...session, "/etc/login.defs": "UMASK 027\n" }],
    ["pam_umask alone", { "/etc/pam.d/common-session": "session optional pam_umask.so umask=0027\n" }],
  ])("passes: %s", async (_, files) => {
    expect(await judge(files)).toMatchObject({ verdict: "pass" });
  });

  it.each<[string, Record<string, string>, string]>([
    ["nothing", {}, "nothing sets a umask"],
    ["a comment", { [file]: "# umask 027\n" }, "nothing sets a umask"],
    ["lax", { [file]: "umask 022\n" }, `0022 in ${file}:1`],
    ["lax for others", { [file]: "umask 026\n" }, `0026 in ${file}:1`],
    ["lax, symbolic", { [file]: "umask u=rwx,g=rwx,o=\n" }, `0007 in ${file}:1`],
    ["not understood", { [file]: "umask g-w\n" }, `g-w in ${file}:1`],
    ["one of two", { [file]: "umask 027\n", "/etc/profile": "umask 022\n" }, "0022 in /etc/profile:1"],
    [
      "login.defs without pam_umask",
      { "/etc/login.defs": "UMASK 027\n" },
      "UMASK is set, but pam_umask does not put it into force",
    ],
    ["lax login.defs", { [file]: "umask 027\n", "/etc/login.defs": "UMASK 022\n" }, "0022 in /etc/login.defs:1"],
    [
      "lax pam_umask",
      { "/etc/pam.d/common-session": "session optional pam_umask.so umask=022\n" },
      "0022 in /etc/pam.d/common-session:1",
    ],
  ])("fails: %s", async (_, files, actual) => {
    expect(await judge(files)).toMatchObject({ verdict: "fail", actual });
  });
});
