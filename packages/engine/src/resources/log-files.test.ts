import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { logFiles } from "./log-files.ts";

const rules = [
  { match: ["wtmp", "wtmp.*"], mode_max: "0664", owner: ["root"], group: ["root", "utmp"] },
  { match: ["sssd/*"], mode_max: "0660", owner: ["root"], group: ["root"] },
  { match: ["*"], mode_max: "0640", owner: ["root"], group: ["root", "adm"], or_service_account: true as const },
];
const read = (files: Readonly<Record<string, RecordedFile>>) =>
  logFiles.read(
    recordingHost({
      live: false,
      files: {
        "/etc/passwd":
          "root:x:0:0::/root:/bin/sh\n_chrony:x:100:100::/:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/sh\n",
        "/etc/group": "root:x:0:\nadm:x:4:\nutmp:x:43:\n_chrony:x:100:\nalice:x:1000:\n",
        "/etc/shells": "/bin/sh\n",
        ...files,
      },
    }),
    {},
  );

it.each<[string, Readonly<Record<string, RecordedFile>>, string]>([
  ["nothing there", {}, "pass"],
  ["a strict file", { "/var/log/syslog": { mode: 0o640, gid: 4 } }, "pass"],
  ["a file for all to read", { "/var/log/syslog": { mode: 0o644 } }, "fail"],
  ["a hidden one", { "/var/log/.syslog": { mode: 0o644 } }, "fail"],
  ["wtmp, which others may read", { "/var/log/wtmp": { mode: 0o664, gid: 43 } }, "pass"],
  ["wtmp of a wrong group", { "/var/log/wtmp": { mode: 0o664, gid: 4 } }, "fail"],
  ["a rule of a directory", { "/var/log/sssd/a.log": { mode: 0o660 } }, "pass"],
  ["the same file elsewhere", { "/var/log/a.log": { mode: 0o660 } }, "fail"],
  ["a service's own log", { "/var/log/chrony/t.log": { mode: 0o640, uid: 100, gid: 100 } }, "pass"],
  ["a user's log", { "/var/log/alice.log": { mode: 0o640, uid: 1000, gid: 1000 } }, "fail"],
  ["a link", { "/var/log/syslog": { linkTo: "/etc/passwd" } }, "pass"],
])("judges %s", async (_, files, verdict) => {
  expect(logFiles.judge(await read(files), { rules }, {}).verdict).toBe(verdict);
});

it("does not change when journals and logs rotate", async () => {
  const files = (id: string, day: string) => ({
    [`/var/log/journal/x/system@${id}.journal`]: { mode: 0o640 },
    [`/var/log/messages-${day}`]: { mode: 0o640 },
  });
  const before = await read(files("0005f3a1b2c3d4e5", "20250101"));
  expect(before.files.map(({ path }) => path)).toEqual(["/var/log/journal/x/system@….journal", "/var/log/messages-…"]);
  expect(await read(files("0005f3a1b2c3d4e6", "20250202"))).toEqual(before);
});
