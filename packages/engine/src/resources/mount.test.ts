import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { mount } from "./mount.ts";
import { effectiveMountOptions } from "./mount-options.ts";
import { mountUnitOf } from "./mount-unit.ts";

const booted = (files: Recording["files"]) =>
  recordingHost({ directories: ["/run/systemd/system"], ...(files ? { files } : {}) });
const path = "/tmp";

it.each([
  ["defaults,nodev", "nodev", true],
  ["nodev,defaults", "nodev", false],
  ["nodev,dev", "nodev", false],
  ["rw,user,exec", "noexec", false],
  ["users", "nosuid", true],
])("takes %s to have %s: %s", (text, option, has) => {
  expect(effectiveMountOptions(text).includes(option)).toBe(has);
});

it.each([
  ["/", "-.mount"],
  ["/var/log/audit/", "var-log-audit.mount"],
  ["/my-data", "my\\x2ddata.mount"],
  ["/.hidden", "\\x2ehidden.mount"],
])("names the unit of %s %s", (point, unit) => {
  expect(mountUnitOf(point)).toBe(unit);
});

const unitFile =
  "[Unit]\n[Mount]\nWhat=tmpfs\nWhere=/tmp\nType=tmpfs\nOptions=mode=1777,nosuid,nodev\n[Install]\nWantedBy=local-fs.target\n";
const wants = { "/etc/systemd/system/local-fs.target.wants/tmp.mount": { linkTo: "/lib/systemd/system/tmp.mount" } };

it.each<[string, Recording["files"], string | null, string]>([
  ["nothing", {}, null, ""],
  [
    "fstab",
    { "/etc/fstab": "# c\n/dev/sdb1\t/tmp/ ext4 defaults,nodev 0 2\nUUID=x none swap sw 0 0\n" },
    "/etc/fstab:2",
    "nodev",
  ],
  [
    "the first of two lines",
    { "/etc/fstab": "tmpfs /tmp tmpfs nodev\ntmpfs /tmp tmpfs nosuid\n" },
    "/etc/fstab:1",
    "nodev",
  ],
  ["a shipped unit that is not enabled", { "/lib/systemd/system/tmp.mount": unitFile }, null, ""],
  ["an enabled one", { "/lib/systemd/system/tmp.mount": unitFile, ...wants }, "tmp.mount", "nosuid"],
  [
    "fstab before a shipped unit",
    { "/lib/systemd/system/tmp.mount": unitFile, ...wants, "/etc/fstab": "t /tmp tmpfs noexec" },
    "/etc/fstab:1",
    "noexec",
  ],
  [
    "the administrator's unit before fstab",
    { "/etc/systemd/system/tmp.mount": unitFile, ...wants, "/etc/fstab": "t /tmp tmpfs noexec" },
    "tmp.mount",
    "nodev",
  ],
  [
    "a masked unit",
    { "/lib/systemd/system/tmp.mount": unitFile, ...wants, "/etc/systemd/system/tmp.mount": { linkTo: "/dev/null" } },
    null,
    "",
  ],
  [
    "a drop-in's options",
    {
      "/lib/systemd/system/tmp.mount": unitFile,
      ...wants,
      "/etc/systemd/system/tmp.mount.d/a.conf": "[Mount]\nOptions=noexec\n",
    },
    "tmp.mount",
    "noexec",
  ],
])("finds what is configured: %s", async (_, files, from, option) => {
  const { configured } = await mount.read(recordingHost({ live: false, ...(files ? { files } : {}) }), { path });
  expect(configured?.from ?? null).toBe(from);
  if (configured !== null) expect(configured.options).toContain(option);
});

it("takes the topmost mount of those at a path, and undoes escapes", async () => {
  const host = booted({
    "/proc/self/mounts": "a /tmp ext4 rw 0 0\ntmpfs /tmp tmpfs rw,nodev 0 0\nb /my\\040data ext4 rw 0 0\n",
  });
  expect((await mount.read(host, { path })).mounted).toEqual({
    source: "tmpfs",
    type: "tmpfs",
    options: ["nodev", "rw"],
  });
  expect((await mount.read(host, { path: "/my data" })).mounted?.source).toBe("b");
});

it("sees what is mounted also without an init, but not that nothing is", async () => {
  const host = recordingHost({ files: { "/proc/self/mounts": "a /tmp ext4 rw 0 0\n" } });
  expect((await mount.read(host, { path })).mounted).toEqual({ source: "a", type: "ext4", options: ["rw"] });
  expect(await mount.read(host, { path: "/home" })).toEqual({ configured: null });
});

it("knows /dev/shm is mounted by systemd", async () => {
  const state = await mount.read(recordingHost(), { path: "/dev/shm" });
  expect(state).not.toHaveProperty("mounted");
  const judge = (desired: Parameters<typeof mount.judge>[1]) =>
    mount.judge(state, desired, { path: "/dev/shm" }).verdict;
  expect([judge({ mounted: true }), judge({ option: "nodev" }), judge({ option: "noexec" })]).toEqual([
    "pass",
    "pass",
    "fail",
  ]);
});

it("does not judge over an fstab it cannot read", async () => {
  const denied = new UnreadableError("needs_root", "needs root: cannot read /etc/fstab");
  const host = recordingHost({ files: { "/etc/fstab": "" }, unreadable: { "/etc/fstab": denied } });
  await expect(mount.read(host, { path })).rejects.toBe(denied);
});

it("wants an option both now and at the next boot", () => {
  const live = (...options: string[]) => ({ source: "a", type: "ext4", options });
  const configured = (...options: string[]) => ({ ...live(...options), from: "/etc/fstab:1" });
  const verdict = (state: Parameters<typeof mount.judge>[0]) =>
    mount.judge(state, { option: "nodev" }, { path }).verdict;
  expect(verdict({ mounted: live("nodev"), configured: configured("nodev") })).toBe("pass");
  expect(verdict({ mounted: live("nodev"), configured: null })).toBe("pass");
  expect(verdict({ mounted: live("nodev"), configured: configured() })).toBe("fail");
  expect(verdict({ mounted: live(), configured: configured("nodev") })).toBe("fail");
  expect(verdict({ mounted: null, configured: configured("nodev") })).toBe("pass");
  expect(verdict({ mounted: null, configured: null })).toBe("not_applicable");
  expect(verdict({ configured: configured() })).toBe("fail");
});

it("does not count a mount that is not made at boot", () => {
  const state = { configured: { source: "a", type: "ext4", options: ["noauto"], from: "/etc/fstab:1" } };
  expect(mount.judge(state, { mounted: true }, { path }).verdict).toBe("fail");
});
