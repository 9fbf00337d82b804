import { describe, expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { auditRule } from "./audit-rule.ts";

const booted = { directories: ["/run/systemd/system"] };

async function judge(recording: Recording, desired: Parameters<typeof auditRule.judge>[1]) {
  return auditRule.judge(await auditRule.read(recordingHost(recording), {}), desired, {});
}
const sudoers = { rules: ["-w /etc/sudoers -p wa", "-w /etc/sudoers.d -p wa"] };
const onDisk = {
  "/etc/audit/rules.d/50-scope.rules": "# scope\n-w /etc/sudoers -p wa -k s\n -w /etc/sudoers.d/ -p wa\n",
};

describe("asked rules", () => {
  it("pass when they are on disk and loaded", async () => {
    const loaded = "-w /etc/sudoers -p wa -k s\n-w /etc/sudoers.d -p wa\n";
    const judgement = await judge(
      { ...booted, files: onDisk, commands: { "auditctl -l": { stdout: loaded } } },
      sudoers,
    );
    expect(judgement.verdict).toBe("pass");
    expect(judgement.source).toBe("/etc/audit/rules.d/50-scope.rules:2, /etc/audit/rules.d/50-scope.rules:3");
  });

  it("fail when they are not loaded", async () => {
    const judgement = await judge(
      { ...booted, files: onDisk, commands: { "auditctl -l": { stdout: "No rules\n" } } },
      sudoers,
    );
    expect(judgement).toMatchObject({ verdict: "fail" });
    expect(judgement.actual).toBe("not loaded: -w /etc/sudoers -p wa; -w /etc/sudoers.d -p wa");
  });

  it("fail when they are loaded only", async () => {
    const stdout = "-w /etc/sudoers -p wa -k s\n-w /etc/sudoers.d -p wa\n";
    const judgement = await judge({ ...booted, commands: { "auditctl -l": { stdout } } }, sudoers);
    expect(judgement.actual).toBe("not on disk: -w /etc/sudoers -p wa; -w /etc/sudoers.d -p wa");
  });

  it.each<[string, Recording]>([
    ["an image", { live: false, files: onDisk }],
    ["a machine without systemd", { files: onDisk, commands: { "auditctl -l": { stdout: "No rules" } } }],
    ["a machine without auditctl", { ...booted, files: onDisk }],
    ["a kernel that does not answer", { ...booted, files: onDisk, commands: { "auditctl -l": { exitCode: 1 } } }],
  ])("are judged on disk only on %s", async (_, recording) => {
    const judgement = await judge(recording, sudoers);
    expect(judgement.verdict).toBe("pass");
    expect(judgement.expected).toContain("(judged on disk only)");
  });

  it("may be given as two, one for each size of programs", async () => {
    const rule = (arch: string) => `-a always,exit -F arch=${arch} -F path=/etc/sudoers -F perm=wa -F key=s\n`;
    const asked = { rules: ["-w /etc/sudoers -p wa"] };
    const judged = (text: string) => judge({ files: { "/etc/audit/rules.d/a.rules": text } }, asked);
    expect((await judged(rule("b64") + rule("b32"))).verdict).toBe("pass");
    expect((await judged(rule("b64"))).verdict).toBe("fail");
  });

  it("name the system calls that are missing", async () => {
    const files = {
      "/etc/audit/rules.d/a.rules": "-a always,exit -F arch=b64 -S chmod,fchmod -F auid>=1000 -F auid!=-1 -k p\n",
    };
    const rule = "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>={UID_MIN} -F auid!=unset";
    const judgement = await judge({ files }, { rules: [rule] });
    expect(judgement.actual).toContain("(for fchmodat)");
  });

  it("take the smallest user id from login.defs", async () => {
    const rules = ["-a always,exit -S x -F auid>={UID_MIN}"];
    const files = { "/etc/audit/rules.d/a.rules": "-a always,exit -S x -F auid>=500\n" };
    expect((await judge({ files: { ...files, "/etc/login.defs": "UID_MIN 500\n" } }, { rules })).verdict).toBe("pass");
    expect((await judge({ files }, { rules })).verdict).toBe("fail");
  });

  it("fail when -a never,task silences all others", async () => {
    const files = { ...onDisk, "/etc/audit/rules.d/10-no.rules": "-a task,never\n" };
    expect((await judge({ files }, sudoers)).actual).toContain("switches the recording of system calls off");
  });
});

describe("the sudo log", () => {
  const rules = ["-w {SUDO_LOGFILE} -p wa"];
  const watch = { "/etc/audit/rules.d/a.rules": "-w /var/log/sudo.log -p wa\n" };

  it.each([
    ["plain", "Defaults logfile=/var/log/sudo.log\n"],
    ["quoted", 'Defaults logfile="/var/log/sudo.log"\n'],
    ["in a list", 'Defaults use_pty, logfile = "/var/log/sudo.log", env_reset\n'],
    ["continued", "Defaults use_pty, \\\n  logfile=/var/log/sudo.log\n"],
  ])("is found: %s", async (_, text) => {
    expect((await judge({ files: { ...watch, "/etc/sudoers": text } }, { rules })).verdict).toBe("pass");
  });

  it("is found in an included directory", async () => {
    const files = {
      ...watch,
      "/etc/sudoers": "@includedir /etc/sudoers.d\n",
      "/etc/sudoers.d/log": "Defaults logfile=/var/log/sudo.log\n",
    };
    expect((await judge({ files }, { rules })).verdict).toBe("pass");
  });

  it.each([
    ["not set", "Defaults use_pty\n"],
    ["in a comment", "# Defaults logfile=/var/log/sudo.log\n"],
    ["for a user only", "Defaults:ann logfile=/var/log/sudo.log\n"],
    ["switched off again", "Defaults logfile=/var/log/sudo.log\nDefaults !logfile\n"],
  ])("fails the rule when it is %s", async (_, text) => {
    const judgement = await judge({ files: { ...watch, "/etc/sudoers": text } }, { rules });
    expect(judgement).toMatchObject({ verdict: "fail", actual: "no sudo log file is set" });
  });
});

describe("the order of files", () => {
  const order = async (files: Record<string, string>, directories: readonly string[] = []) =>
    (await auditRule.read(recordingHost({ files, directories }), {})).onDisk.map(({ rule }) => rule);

  it("is that of version numbers; other names and hidden files do not count", async () => {
    const files = {
      "/etc/audit/rules.d/10-b.rules": "-w /b",
      "/etc/audit/rules.d/9-a.rules": "-w /a",
      "/etc/audit/rules.d/x.rules.bak": "-w /no",
      "/etc/audit/rules.d/.x.rules": "-w /no",
      "/etc/audit/audit.rules": "-w /no",
    };
    expect(await order(files)).toEqual(["-w /a", "-w /b"]);
  });

  it("is that of audit.rules without rules.d; -D deletes what stands before it", async () => {
    expect(await order({ "/etc/audit/audit.rules": "-w /a\n-D\n-w /b\n" })).toEqual(["-w /b"]);
  });

  it("is empty when rules.d is: augenrules then makes an empty audit.rules", async () => {
    expect(await order({ "/etc/audit/audit.rules": "-w /a\n" }, ["/etc/audit/rules.d"])).toEqual([]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["augenrules", { "auditd.service": "ExecStartPost=-/sbin/augenrules --load" }, "-w /rules.d"],
    ["auditctl", { "auditd.service": "ExecStartPost=-/sbin/auditctl -R /etc/audit/audit.rules" }, "-w /compiled"],
    ["neither", { "auditd.service": "ExecStart=/sbin/auditd" }, "-w /rules.d"],
    [
      "a service of its own",
      {
        "auditd.service": "ExecStart=/sbin/auditd\nExecStartPost=-/sbin/auditctl -s",
        "audit-rules.service": "ExecStart=/sbin/augenrules --load",
      },
      "-w /rules.d",
    ],
    [
      "a drop-in that takes the unit's commands back",
      {
        "auditd.service": "ExecStartPost=-/sbin/augenrules --load",
        "auditd.service.d/10.conf": "ExecStartPost=\nExecStartPost=/sbin/auditctl -R /etc/audit/audit.rules",
      },
      "-w /compiled",
    ],
  ])("follows what loads the rules at boot: %s", async (_, units, rule) => {
    const files = Object.fromEntries(
      Object.entries(units).map(([name, text]) => [`/usr/lib/systemd/system/${name}`, `[Service]\n${text}\n`]),
    );
    const rules = { "/etc/audit/rules.d/a.rules": "-w /rules.d\n", "/etc/audit/audit.rules": "-w /compiled\n" };
    expect(await order({ ...files, ...rules })).toEqual([rule]);
  });

  it("leaves -D of rules.d out: augenrules moves it to the top", async () => {
    expect(await order({ "/etc/audit/rules.d/a.rules": "-w /a\n-D\n-w /b\n" })).toEqual(["-w /a", "-w /b"]);
  });

  it("is empty without any rules", async () => {
    expect(await order({})).toEqual([]);
  });
});

describe("the last line", () => {
  const last = { last: "-e 2" };
  it.each<[string, Record<string, string>, "pass" | "fail"]>([
    ["at the end", { "rules.d/99-finalize.rules": "-e 2\n" }, "pass"],
    ["with comments after it", { "rules.d/99.rules": "-e 2\n\n# end\n" }, "pass"],
    ["in an early file: augenrules moves it", { "rules.d/10.rules": "-e 2", "rules.d/20.rules": "-w /a" }, "pass"],
    ["glued", { "rules.d/10.rules": "-e2" }, "pass"],
    ["overruled", { "rules.d/10.rules": "-e 2", "rules.d/20.rules": "-e 1" }, "fail"],
    ["another value", { "rules.d/10.rules": "-e 1" }, "fail"],
    ["commented out", { "rules.d/10.rules": "#-e 2" }, "fail"],
    ["nothing", {}, "fail"],
    ["the end of audit.rules", { "audit.rules": "-w /a\n-e 2\n# end\n" }, "pass"],
    ["followed in audit.rules", { "audit.rules": "-e 2\n-w /a\n" }, "fail"],
  ])("%s", async (_, files, verdict) => {
    const recorded = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/etc/audit/${name}`, text]));
    expect((await judge({ files: recorded }, last)).verdict).toBe(verdict);
  });
});

it("needs root on a live machine", async () => {
  const host = recordingHost({ privileged: false, files: onDisk });
  await expect(auditRule.read(host, {})).rejects.toMatchObject({ code: "needs_root" });
});

it("is an error where the rules cannot be read", async () => {
  const error = new UnreadableError("needs_root", "needs root: cannot list /etc/audit/rules.d");
  const host = recordingHost({ live: false, unreadable: { "/etc/audit/rules.d": error } });
  await expect(auditRule.read(host, {})).rejects.toThrow(error);
});
