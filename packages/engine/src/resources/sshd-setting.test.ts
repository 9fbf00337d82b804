import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import type { SshdDesired } from "./sshd-desired.ts";
import { sshdSetting } from "./sshd-setting.ts";
import { sshdDropInPath } from "./sshd-state.ts";

const main = "/etc/ssh/sshd_config";
const included = "Include /etc/ssh/sshd_config.d/*.conf\n";

function read(key: string, recording: Recording) {
  return sshdSetting.read(recordingHost(recording), { key });
}

async function judge(key: string, text: string, desired: SshdDesired, files: Recording["files"] = {}) {
  const state = await read(key, { live: false, files: { ...files, [main]: text } });
  return sshdSetting.judge(state, desired, { key });
}

async function plan(key: string, text: string, desired: SshdDesired, files: Recording["files"] = {}) {
  const state = await read(key, { live: false, files: { ...files, [main]: text } });
  return sshdSetting.plan?.(state, desired, { key });
}

describe("reading from a running system", () => {
  const stdout = "permitrootlogin without-password\nallowusers a\nallowusers b\nbanner none\nusepam yes\n";

  it("takes what sshd -T prints, and names the line that sets it", async () => {
    const recording = {
      commands: { "sshd -T": { stdout } },
      files: { [main]: "\nUsePAM yes\nMatch User bob\nUsePAM no\n" },
    };
    expect(await read("usepam", recording)).toEqual({
      value: "yes",
      source: "sshd -T (/etc/ssh/sshd_config:2)",
      matchOverrides: [{ match: "User bob", value: "no", source: "/etc/ssh/sshd_config:4" }],
      dropIn: null,
      includesDropIns: false,
    });
    expect(await read("allowusers", recording)).toMatchObject({ value: "a b", source: "sshd -T" });
    expect(await read("denyusers", recording)).toMatchObject({ value: null, source: "sshd -T" });
  });

  it.each([
    ["its keys are for root only", false, "sshd: no hostkeys available -- exiting.\n", "needs_root"],
    ["its configuration is for root only", false, "/etc/ssh/sshd_config: Permission denied\n", "needs_root"],
    [
      "it rejects its configuration",
      true,
      `${main}: line 3: Bad configuration option: foo\r\n${main}: terminating\n`,
      "invalid",
    ],
  ])("cannot be read when %s", async (_name, privileged, stderr, code) => {
    const reading = read("usepam", {
      privileged,
      commands: { "sshd -T": { exitCode: 255, stderr } },
      files: { [main]: "" },
    });
    await expect(reading).rejects.toMatchObject({ code });
  });

  it("fails the keyword whose value sshd rejects, also one that would not count, and reads the others from the files", async () => {
    const stderr = `${main} line 2: bad yes/no argument: maybe\n`;
    const recording = {
      commands: { "sshd -T": { exitCode: 255, stderr } },
      files: { [main]: "UsePAM yes\nUsePAM maybe\nPermitRootLogin no\n" },
    };
    const state = await read("usepam", recording);
    expect(state).toMatchObject({ value: "maybe", refused: true, source: `${main}:2` });
    expect(sshdSetting.judge(state, { equals: "yes" }, { key: "usepam" }).verdict).toBe("fail");
    expect(await read("permitrootlogin", recording)).toMatchObject({ value: "no", source: `${main}:3` });
  });

  it("gives sshd's own reason when it rejects its configuration", async () => {
    const stderr = `${main} line 1: Deprecated option RSAAuthentication\n${main} line 2: Bad SSH2 cipher spec 'x'.\n`;
    await expect(read("usepam", { commands: { "sshd -T": { exitCode: 255, stderr } } })).rejects.toThrow(
      "sshd does not accept its configuration: /etc/ssh/sshd_config line 2: Bad SSH2 cipher spec 'x'.",
    );
  });

  it.each(["Missing privilege separation directory: /run/sshd\n", "sshd: no hostkeys available -- exiting.\n"])(
    "reads the files itself where sshd has never been started: %s",
    async (stderr) => {
      const recording = { commands: { "sshd -T": { exitCode: 255, stderr } }, files: { [main]: "UsePAM yes\n" } };
      expect(await read("usepam", recording)).toMatchObject({ value: "yes", source: "/etc/ssh/sshd_config:1" });
    },
  );

  it("says that sshd is not installed", async () => {
    await expect(read("usepam", {})).rejects.toMatchObject({ code: "no_tool" });
    await expect(read("usepam", { live: false })).rejects.toMatchObject({ code: "no_tool" });
  });

  it("passes on that a file cannot be read", async () => {
    const error = new UnreadableError("needs_root", "needs root: cannot read /etc/ssh/sshd_config.d/a.conf");
    const files = { [main]: included, "/etc/ssh/sshd_config.d/a.conf": "" };
    const unreadable = { "/etc/ssh/sshd_config.d/a.conf": error };
    await expect(read("usepam", { live: false, files, unreadable })).rejects.toBe(error);
  });
});

describe("judging", () => {
  it.each([
    ["a value that is wanted", "usepam", "UsePAM yes\n", { equals: "yes" }, "pass"],
    ["a built-in default", "permitemptypasswords", "", { equals: "no" }, "pass"],
    ["a built-in default that is wrong", "usepam", "", { equals: "yes" }, "fail"],
    ["a value that sshd refuses", "maxauthtries", "MaxAuthTries -1\n", { at_most: 4 }, "fail"],
    ["a refused value behind a good one", "usepam", "UsePAM yes\nUsePAM maybe\n", { equals: "yes" }, "fail"],
    ["a refused value in a Match block", "usepam", "UsePAM yes\nMatch User a\nUsePAM x\n", { equals: "yes" }, "fail"],
    [
      "a word that is none of sshd's",
      "permitrootlogin",
      "PermitRootLogin no\nPermitRootLogin x\n",
      { equals: "no" },
      "fail",
    ],
    ["a log level that is none", "loglevel", "LogLevel INFO\nLogLevel loud\n", { equals: "INFO" }, "fail"],
    ["a cipher that is none", "ciphers", "Ciphers aes256-ctr,rot13\n", { contains_none: ["3des-cbc"] }, "fail"],
    ["a pattern of no cipher", "ciphers", "Ciphers -rot*\n", { contains_none: ["3des-cbc"] }, "pass"],
    ["nothing set where something must be", "allowusers", "", { present: true }, "fail"],
    ["a weak MAC in the default", "macs", "", { contains_none: ["umac-64@openssh.com"] }, "fail"],
    ["the weak MAC taken away", "macs", "MACs -umac-64*\n", { contains_none: ["umac-64@openssh.com"] }, "pass"],
    ["a triple on the limit", "maxstartups", "MaxStartups 10:30:60\n", { at_most_triple: "10:30:60" }, "pass"],
    ["a triple over it in one part", "maxstartups", "MaxStartups 10:30:61\n", { at_most_triple: "10:30:60" }, "fail"],
    ["a Match block that undoes it", "usepam", "UsePAM yes\nMatch User bob\nUsePAM no\n", { equals: "yes" }, "fail"],
    ["a Match block that agrees", "usepam", "UsePAM yes\nMatch User bob\nUsePAM yes\n", { equals: "yes" }, "pass"],
    ["a file that is there", "banner", "Banner /etc/issue.net\n", { file_exists: true }, "pass"],
    ["a file that is not there", "banner", "Banner /etc/nothing\n", { file_exists: true }, "fail"],
    ["no file", "banner", "Banner none\n", { file_exists: true }, "fail"],
  ] as const)("%s", async (_name, key, text, desired, verdict) => {
    const wanted: SshdDesired = "contains_none" in desired ? { contains_none: [...desired.contains_none] } : desired;
    expect((await judge(key, text, wanted, { "/etc/issue.net": "Keep out\n" })).verdict).toBe(verdict);
  });

  it("says what is wrong where", async () => {
    expect(await judge("usepam", "UsePAM yes\nMatch User bob\nUsePAM no\n", { equals: "yes" })).toEqual({
      verdict: "fail",
      expected: "usepam is yes (judged on disk only)",
      actual: 'usepam is yes; but is no for "Match User bob"',
      source: "/etc/ssh/sshd_config:3",
    });
  });
});

describe("planning", () => {
  it("writes a drop-in that is read first", async () => {
    expect(await plan("permitrootlogin", `${included}PermitRootLogin yes\n`, { equals: "no" })).toEqual({
      changes: [
        {
          type: "write_file",
          path: "/etc/ssh/sshd_config.d/00-holdfast-permitrootlogin.conf",
          text: "PermitRootLogin no\n",
          mode: 0o600,
          was: null,
        },
      ],
      activations: ["reload_sshd"],
      risk: expect.stringContaining("Reloads sshd"),
    });
  });

  it("keeps the algorithms that are not bad, and the triple", async () => {
    const macs = await plan("macs", `${included}MACs a,b,c\n`, { contains_none: ["b", "d"] });
    expect(macs?.changes).toMatchObject([{ text: "MACs a,c\n" }]);
    const startups = await plan("maxstartups", included, { at_most_triple: "10:30:60" });
    expect(startups?.changes).toMatchObject([{ text: "MaxStartups 10:30:60\n" }]);
  });

  it("has nothing to do when it complies, with our drop-in or without", async () => {
    expect(await plan("usepam", "UsePAM yes\n", { equals: "yes" })).toMatchObject({ changes: [] });
    const files = { [sshdDropInPath("usepam")]: "UsePAM yes\n" };
    expect(await plan("usepam", `${included}UsePAM no\n`, { equals: "yes" }, files)).toMatchObject({ changes: [] });
  });

  it.each([
    ["drop-ins are not included", "PermitRootLogin yes\n", {}],
    ["they are included too late", `PermitRootLogin yes\n${included}`, {}],
    ["they are included in a Match block only", `Match User bob\n${included}`, {}],
    ["another drop-in comes first", included, { "/etc/ssh/sshd_config.d/00-a.conf": "PermitRootLogin yes\n" }],
    ["a Match block is at fault", `${included}Match User bob\nPermitRootLogin yes\n`, {}],
    ["Match all comes after it", `${included}Match all\nPermitRootLogin yes\n`, {}],
  ])("has no fix when %s", async (_name, text, files) => {
    expect(await plan("permitrootlogin", text, { equals: "no" }, files)).toBeNull();
  });

  it("has no fix when a later MaxStartups would win, or when no value is named", async () => {
    expect(await plan("maxstartups", `${included}MaxStartups 90\n`, { at_most_triple: "10:30:60" })).toBeNull();
    expect(await plan("allowusers", included, { present: true })).toBeNull();
    expect(await plan("allowusers", included, { equals: "bob" })).toBeNull();
    expect(await plan("banner", included, { file_exists: true })).toBeNull();
    expect(await plan("macs", `${included}MACs b\n`, { contains_none: ["b"] })).toBeNull();
    expect(await plan("banner", included, { equals: "/etc/issue net\nUsePAM no" })).toBeNull();
  });
});
