import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { auditdConf } from "./auditd-conf.ts";

const path = "/etc/audit/auditd.conf";

it.each([
  ["no file", null, "max_log_file", null],
  ["a number", "max_log_file = 8\n", "max_log_file", "8"],
  ["no blanks", "max_log_file=8\n", "max_log_file", "8"],
  ["case of names and actions", "Max_Log_File_Action = KEEP_LOGS\r\n", "max_log_file_action", "keep_logs"],
  ["a comment", "#max_log_file = 8\n ## max_log_file = 9\n", "max_log_file", null],
  ["the last one wins", "space_left_action = email\nspace_left_action = syslog\n", "space_left_action", "syslog"],
  ["an action's program is not part of it", "disk_full_action = exec /sbin/Alarm\n", "disk_full_action", "exec"],
  ["a path keeps its case", "log_file = /var/log/Audit/a.log\n", "log_file", "/var/log/Audit/a.log"],
  ["no value", "max_log_file =\n", "max_log_file", null],
])("reads auditd.conf: %s", async (_name, text, key, value) => {
  const host = recordingHost({ files: text === null ? {} : { [path]: text } });
  expect((await auditdConf.read(host, { key })).value).toBe(value);
});

it("passes on that it cannot be read", async () => {
  const error = new UnreadableError("needs_root", `needs root: cannot read ${path}`);
  const host = recordingHost({ privileged: false, unreadable: { [path]: error } });
  await expect(auditdConf.read(host, { key: "max_log_file" })).rejects.toBe(error);
});
