import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { file } from "./file.ts";

type Desired = Parameters<typeof file.judge>[1];
const accounts = { "/etc/passwd": "root:x:0:0::/:/bin/sh\n", "/etc/group": "root:x:0:\nshadow:x:42:\n" };
const host = recordingHost({
  files: {
    ...accounts,
    "/etc/shadow": { mode: 0o640, gid: 42 },
    "/etc/odd": { mode: 0o4755, uid: 1000, gid: 7 },
    "/etc/link": { linkTo: "shadow" },
    "/var/log/a.log": { mode: 0o640 },
    "/var/log/sub/b.log": { mode: 0o666 },
    "/var/log/pointer.log": { linkTo: "/dev/null" },
    "/srv/pipe": { type: "fifo", mode: 0o666 },
  },
});
const judge = async (path: string, desired: Desired) => file.judge(await file.read(host, { path }), desired, { path });
const verdict = async (path: string, desired: Desired) => (await judge(path, desired)).verdict;

it("gives names, or numbers where there are none, and follows a plain path's link", async () => {
  expect((await file.read(host, { path: "/etc/link" })).files).toEqual([
    { path: "/etc/shadow", type: "file", mode: "0640", owner: "root", group: "shadow", uid: 0, gid: 42 },
  ]);
  expect((await file.read(host, { path: "/etc/odd" })).files).toMatchObject([
    { mode: "4755", owner: "1000", group: "7" },
  ]);
});

it.each<[string, Desired, string]>([
  ["/etc/shadow", { mode_max: "0640", owner: ["root"], group: ["root", "shadow"] }, "pass"],
  ["/etc/shadow", { mode_max: "0600" }, "fail"],
  ["/etc/shadow", { mode_max: "0777" }, "pass"],
  ["/etc/shadow", { group: ["root"] }, "fail"],
  ["/etc/odd", { mode_max: "0755" }, "fail"],
  ["/etc/odd", { mode_max: "4755" }, "pass"],
  ["/etc/none", { mode_max: "0644" }, "fail"],
  ["/etc/none", { mode_max: "0644", if_missing: "pass" }, "pass"],
  ["/etc/none", { mode_max: "0644", if_missing: "not_applicable" }, "not_applicable"],
  ["/etc/none*", { mode_max: "0644" }, "pass"],
  ["/etc/none", { exists: false }, "pass"],
  ["/etc/shadow", { exists: false }, "fail"],
  ["/etc/none", { exists: true }, "fail"],
  ["/etc/none*", { exists: true }, "fail"],
  ["/etc/shadow", { exists: true }, "pass"],
  ["/var/log/*.log", { mode_max: "0640" }, "pass"],
  ["/var/log/**", { mode_max: "0640" }, "fail"],
  ["/var/*/", { mode_max: "0755" }, "pass"],
  ["/srv/pipe", { mode_max: "0600" }, "fail"],
])("judges %s by %j: %s", async (path, desired, wanted) => {
  expect(await verdict(path, desired)).toBe(wanted);
});

it("names the files that are wrong", async () => {
  expect(await judge("/var/log/**", { mode_max: "0640" })).toMatchObject({
    actual: "/var/log/sub/b.log 0666 root:root",
    source: "/var/log/sub/b.log",
  });
});

it("does not pass what it has not seen all of", async () => {
  const files = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`/var/log/${index}`, ""]));
  const state = await file.read(recordingHost({ files }), { path: "/var/log/*" });
  expect([state.files.length, state.truncated]).toEqual([1000, true]);
  expect(file.judge(state, { mode_max: "0644" }, { path: "/var/log/*" }).verdict).toBe("error");
  expect(file.plan?.(state, { mode_max: "0600" }, { path: "/var/log/*" })).toBeNull();
});

it("takes what it may not look into as unreadable", async () => {
  const denied = new UnreadableError("needs_root", "needs root: cannot read /etc/audit");
  const closed = recordingHost({ files: { "/etc/audit/rules": "" }, unreadable: { "/etc/audit": denied } });
  await expect(file.read(closed, { path: "/etc/audit/rules" })).rejects.toBe(denied);
  await expect(file.read(closed, { path: "/etc/audit/*" })).rejects.toBe(denied);
});

it("plans the owner before the mode, with what was there", async () => {
  const state = await file.read(host, { path: "/etc/odd" });
  const desired: Desired = { mode_max: "0644", owner: ["root"], group: ["adm", "root"] };
  expect(file.plan?.(state, desired, { path: "/etc/odd" })?.changes).toEqual([
    { type: "set_owner", path: "/etc/odd", uid: 0, gid: 0, was: { uid: 1000, gid: 7 } },
    { type: "set_mode", path: "/etc/odd", mode: 0o644, was: 0o4755 },
  ]);
});

it("has no plan for what is missing, odd, or owned by somebody it cannot number", async () => {
  const plan = async (path: string, desired: Desired) =>
    file.plan?.(await file.read(host, { path }), desired, { path });
  expect(await plan("/etc/none", { mode_max: "0644" })).toBeNull();
  expect(await plan("/srv/pipe", { mode_max: "0600" })).toBeNull();
  expect(await plan("/etc/shadow", { group: ["ssh_keys"] })).toBeNull();
  expect((await plan("/etc/shadow", { mode_max: "0640" }))?.changes).toEqual([]);
});
