import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { auditPrivileged } from "./audit-privileged.ts";

const wanted = { rule: "-a always,exit -F path={PATH} -F perm=x -F auid>={UID_MIN} -F auid!=unset" };
const rules = "-a always,exit -S all -F path=/usr/bin/su -F perm=x -F auid>=1000 -F auid!=-1 -F key=privileged\n";
const machine = (recording: Recording) =>
  recordingHost({
    ...recording,
    files: {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\n",
      "/etc/group": "root:x:0:\n",
      "/usr/bin/su": { mode: 0o4755 },
      "/etc/audit/rules.d/50-privileged.rules": rules,
      ...recording.files,
    },
  });
const judge = async (recording: Recording) =>
  auditPrivileged.judge(await auditPrivileged.read(machine(recording), {}), wanted, {});

it("passes when every program has a rule, whatever its spelling", async () => {
  expect(await judge({ live: false })).toMatchObject({ verdict: "pass" });
});

it("names the programs without one", async () => {
  const files = { "/opt/a b": { mode: 0o2755 } };
  expect(await judge({ live: false, files })).toMatchObject({ verdict: "fail", actual: "not on disk: /opt/a b" });
});

it("leaves out file systems on which the bits do not work", async () => {
  const mountinfo = "27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 254:1 / /home rw,nosuid - ext4 /dev/vdb rw\n";
  const files = { "/proc/self/mountinfo": mountinfo, "/home/x": { mode: 0o4755 } };
  expect(await judge({ files })).toMatchObject({ verdict: "pass" });
});

it("wants the rules loaded too", async () => {
  const directories = ["/run/systemd/system"];
  expect(await judge({ directories, commands: { "auditctl -l": { stdout: "No rules\n" } } })).toMatchObject({
    verdict: "fail",
    actual: "not loaded: /usr/bin/su",
  });
  expect(await judge({ directories, commands: { "auditctl -l": { stdout: rules } } })).toMatchObject({
    verdict: "pass",
  });
});
