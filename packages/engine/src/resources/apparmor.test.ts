import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { apparmor } from "./apparmor.ts";
import { apparmorPattern } from "./apparmor-pattern.ts";

const read = (recording: Recording) => apparmor.read(recordingHost(recording), {});
const on = { "/sys/module/apparmor/parameters/enabled": "Y\n" };
const directories = ["/run/systemd/system"];
const current = (pid: number) => `/proc/${pid}/attr/apparmor/current`;

it("lists what the kernel holds, sorted, and programs that run outside their profile", async () => {
  const policy = "/sys/kernel/security/apparmor/policy/profiles";
  const state = await read({
    directories,
    files: {
      ...on,
      "/sys/kernel/security/apparmor/profiles": "man_groff (enforce)\nchronyd (complain)\n/usr/sbin/cupsd (enforce)\n",
      [`${policy}/chronyd.3/name`]: "chronyd\n",
      [`${policy}/chronyd.3/attach`]: "/usr/{bin,sbin}/chronyd\n",
      [current(7)]: "unconfined\n",
      "/proc/7/exe": { linkTo: "/usr/sbin/chronyd" },
      [current(8)]: "chronyd (complain)\n",
      "/proc/8/exe": { linkTo: "/usr/sbin/chronyd" },
      [current(9)]: "unconfined",
      "/proc/9/exe": { linkTo: "/usr/sbin/cupsd (deleted)" },
      [current(10)]: "unconfined\n",
      "/proc/10/exe": { linkTo: "/usr/bin/bash" },
      [current(2)]: "unconfined\n",
    },
  });
  expect(state).toEqual({
    profiles: [
      { name: "/usr/sbin/cupsd", mode: "enforce" },
      { name: "chronyd", mode: "complain" },
      { name: "man_groff", mode: "enforce" },
    ],
    unconfined: [
      { program: "/usr/sbin/chronyd", profile: "chronyd" },
      { program: "/usr/sbin/cupsd", profile: "/usr/sbin/cupsd" },
    ],
    onDisk: [],
  });
});

it("tells AppArmor that is off from a security file system that is not mounted", async () => {
  expect((await read({ directories })).profiles).toBeNull();
  await expect(read({ directories, files: on })).rejects.toThrow("securityfs is not mounted");
  expect(await read({ files: on })).toEqual({ onDisk: [] });
});

it("reads profiles on disk with their flags, hats, links in disable and force-complain", async () => {
  const { onDisk } = await read({
    live: false,
    files: {
      "/etc/apparmor.d/usr.bin.man":
        "abi <abi/3.0>,\n#include <tunables/global>\n/usr/bin/man {\n  /usr/bin/{groff,tbl} rmCx -> &man_groff,\n}\nprofile man_groff {\n}\n",
      "/etc/apparmor.d/klogd":
        '@{x} = /a\nprofile klogd /{usr/,}{bin,sbin}/klogd flags=(attach_disconnected, complain) { # note\n  ^hat flags=(complain) {\n  }\n}\nprofile "two words" /x (kill)\n{\n}\n',
      "/etc/apparmor.d/chrome": "profile chrome /opt/chrome flags=(unconfined) {\n  userns,\n}\n",
      "/etc/apparmor.d/forced": "/usr/bin/forced {\n}\n",
      "/etc/apparmor.d/force-complain/forced": { linkTo: "../forced" },
      "/etc/apparmor.d/off": "/usr/bin/off {\n}\n",
      "/etc/apparmor.d/disable/off": { linkTo: "/etc/apparmor.d/off" },
      "/etc/apparmor.d/old.dpkg-old": "/usr/bin/old flags=(complain) {\n}\n",
      "/etc/apparmor.d/abstractions/base": "/etc/x flags=(complain) {\n}\n",
    },
  });
  expect(onDisk.map(({ name, mode, source }) => `${name} ${mode} ${source.replace("/etc/apparmor.d/", "")}`)).toEqual([
    "chrome unconfined chrome:1",
    "/usr/bin/forced complain forced:1",
    "klogd complain klogd:2",
    "^hat complain klogd:3",
    "two words kill klogd:6",
    "/usr/bin/man enforce usr.bin.man:3",
    "man_groff enforce usr.bin.man:6",
  ]);
});

it("matches AppArmor's globs", () => {
  expect(apparmorPattern("/usr/{bin,sbin}/x*")("/usr/sbin/xy")).toBe(true);
  expect(apparmorPattern("/usr/{bin,sbin}/x*")("/usr/sbin/x/y")).toBe(false);
  expect(apparmorPattern("/usr/lib**/x")("/usr/lib/a/b/x")).toBe(true);
  expect(apparmorPattern("/{usr/,}bin/x.y")("/bin/xzy")).toBe(false);
  expect(apparmorPattern("/{usr/,}bin/[a-c]?")("/bin/bx")).toBe(true);
  expect(apparmorPattern("/a{b")("/a{b")).toBe(true);
});

it("wants profiles, each in an allowed mode, and no program outside its profile", () => {
  const judge = (mode: string, unconfined = 0, modes: ("enforce" | "complain")[] = ["enforce"]) =>
    apparmor.judge(
      {
        profiles: [{ name: "x", mode }],
        unconfined: Array.from({ length: unconfined }, () => ({ program: "/x", profile: "x" })),
        onDisk: [{ name: "x", mode: "complain", source: "/etc/apparmor.d/x:1" }],
      },
      { modes, unconfined_max: 0 },
      {},
    ).verdict;
  expect(judge("enforce")).toBe("pass");
  expect(judge("kill")).toBe("pass");
  expect(judge("kill", 0, ["complain"])).toBe("fail");
  expect(judge("complain")).toBe("fail");
  expect(judge("complain", 0, ["enforce", "complain"])).toBe("pass");
  expect(judge("enforce", 1)).toBe("fail");
  const off = apparmor.judge({ profiles: null, onDisk: [] }, { modes: ["enforce"] }, {});
  expect(off).toMatchObject({ verdict: "fail", actual: "AppArmor is off in the running kernel" });
  const onDisk = [{ name: "x", mode: "complain", source: "/etc/apparmor.d/x:1" }];
  const disk = apparmor.judge({ onDisk }, { modes: ["enforce"] }, {});
  expect(disk).toMatchObject({ verdict: "fail", source: "/etc/apparmor.d/x:1" });
  expect(disk.expected).toContain("(judged on disk only)");
  expect(apparmor.judge({ onDisk: [] }, { modes: ["enforce"] }, {}).verdict).toBe("fail");
});
