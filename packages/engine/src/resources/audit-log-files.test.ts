import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { auditLogFiles } from "./audit-log-files.ts";

type Desired = Parameters<typeof auditLogFiles.judge>[1];

const group = { "/etc/passwd": "root:x:0:0::/root:/bin/sh\n", "/etc/group": "root:x:0:\nadm:x:4:\n" };
const log = (mode: number, gid = 0, uid = 0): RecordedFile => ({ text: "", mode, uid, gid });

async function judge(what: "files" | "directory", desired: Desired, files: Record<string, RecordedFile>) {
  const host = recordingHost({ files: { ...group, ...files } });
  return auditLogFiles.judge(await auditLogFiles.read(host, { what }), desired, { what });
}

it.each<[string, "files" | "directory", Desired, Record<string, RecordedFile>, string, string]>([
  [
    "usual logs",
    "files",
    { mode_max: "0640" },
    { "/var/log/audit/audit.log": log(0o640), "/var/log/audit/audit.log.1": log(0o400) },
    "pass",
    "so it is",
  ],
  [
    "an old log open to all",
    "files",
    { mode_max: "0640" },
    { "/var/log/audit/audit.log": log(0o640), "/var/log/audit/audit.log.1": log(0o644) },
    "fail",
    "/var/log/audit/audit.log.1 is 0644",
  ],
  [
    "another owner",
    "files",
    { owner: ["root"] },
    { "/var/log/audit/audit.log": log(0o640, 0, 9) },
    "fail",
    "/var/log/audit/audit.log belongs to 9",
  ],
  [
    "a group of several",
    "files",
    { group: ["root", "adm"] },
    { "/var/log/audit/audit.log": log(0o640, 4) },
    "pass",
    "so it is",
  ],
  [
    "another group",
    "files",
    { group: ["root"] },
    { "/var/log/audit/audit.log": log(0o640, 4) },
    "fail",
    "/var/log/audit/audit.log has group adm",
  ],
  [
    "a place of its own",
    "files",
    { mode_max: "0600" },
    { "/etc/audit/auditd.conf": "log_file = /data/a/own.log\n", "/data/a/own.log": log(0o640) },
    "fail",
    "/data/a/own.log is 0640",
  ],
  ["no logs", "files", { mode_max: "0640" }, {}, "pass", "there is no audit log at /var/log/audit/audit.log"],
  [
    "the directory",
    "directory",
    { mode_max: "0750" },
    { "/var/log/audit": { type: "directory", mode: 0o750 } },
    "pass",
    "so it is",
  ],
  [
    "an open directory",
    "directory",
    { mode_max: "0750" },
    { "/var/log/audit": { type: "directory", mode: 0o755 } },
    "fail",
    "/var/log/audit is 0755",
  ],
  ["no directory", "directory", { mode_max: "0750" }, {}, "pass", "there is no audit log at /var/log/audit/audit.log"],
])("%s", async (_, what, desired, files, verdict, actual) => {
  expect(await judge(what, desired, files)).toMatchObject({ verdict, actual });
});

it("says which line names the log", async () => {
  const judgement = await judge(
    "files",
    { mode_max: "0640" },
    { "/etc/audit/auditd.conf": "log_file = /data/own.log\n" },
  );
  expect(judgement.source).toBe("/etc/audit/auditd.conf:1");
});

async function planned(what: "files" | "directory", files: Record<string, RecordedFile>) {
  const host = recordingHost({ files: { ...group, ...files } });
  const state = await auditLogFiles.read(host, { what });
  return auditLogFiles.plan?.(state, { mode_max: what === "files" ? "0640" : "0750" }, { what });
}

it("puts right what is wrong, and only that", async () => {
  const logs = { "/var/log/audit/audit.log": log(0o644, 4), "/var/log/audit/audit.log.1": log(0o400, 4) };
  expect((await planned("files", logs))?.changes).toEqual([
    { type: "set_mode", path: "/var/log/audit/audit.log", mode: 0o640, was: 0o644 },
  ]);
  expect((await planned("directory", logs))?.changes).toEqual([
    { type: "set_mode", path: "/var/log/audit", mode: 0o750, was: 0o755 },
  ]);
});

it("leaves to a person what others may use too", async () => {
  const logs = { "/etc/audit/auditd.conf": "log_file = /etc/audit.log\n", "/etc/audit.log": log(0o640) };
  expect(await planned("files", logs)).toBeNull();
  expect(await planned("directory", logs)).toBeNull();
});
