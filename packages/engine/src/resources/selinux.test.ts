import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { selinux } from "./selinux.ts";
import { selinuxProcess } from "./selinux-process.ts";

const read = (recording: Recording, property: "mode" | "policy" = "mode") =>
  selinux.read(recordingHost(recording), { property });
const config = { "/etc/selinux/config": "# SELINUX=disabled\nSELINUX=Enforcing\nSELINUXTYPE=targeted \n" };
const directories = ["/run/systemd/system"];

it("reads what the next boot takes, and what is in force where the machine is booted", async () => {
  expect(await read({ files: config })).toEqual({ configured: "enforcing", source: "/etc/selinux/config:2" });
  expect(await read({ files: config }, "policy")).toEqual({ configured: "targeted", source: "/etc/selinux/config:3" });
  const enforce = (text: string) => ({ directories, files: { ...config, "/sys/fs/selinux/enforce": text } });
  expect((await read(enforce("1"))).running).toBe("enforcing");
  expect((await read(enforce("0"))).running).toBe("permissive");
  expect((await read({ directories, files: config })).running).toBe("disabled");
  expect((await read({})).configured).toBeNull();
});

it("wants both right", () => {
  const judge = (configured: string | null, running?: string) =>
    selinux.judge(
      { configured, source: null, ...(running === undefined ? {} : { running }) },
      { one_of: ["enforcing"] },
      { property: "mode" },
    ).verdict;
  expect(judge("enforcing")).toBe("pass");
  expect(judge("enforcing", "enforcing")).toBe("pass");
  expect(judge("enforcing", "permissive")).toBe("fail");
  expect(judge("permissive", "enforcing")).toBe("fail");
  expect(judge(null)).toBe("fail");
});

it("finds programs by their domain", async () => {
  const status = (name: string) => `Name:\t${name}\nUid:\t0\t0\t0\t0\n`;
  const files = {
    "/proc/1/status": status("systemd"),
    "/proc/1/attr/current": "system_u:system_r:init_t:s0\0",
    "/proc/5/status": status("agent"),
    "/proc/5/attr/current": "system_u:system_r:unconfined_service_t:s0\n",
  };
  const target = { domain: "unconfined_service_t" };
  const state = await selinuxProcess.read(recordingHost({ directories, files }), target);
  expect(state).toEqual({ programs: ["agent"] });
  expect(selinuxProcess.judge(state, { max: 0 }, target).verdict).toBe("fail");
  expect(selinuxProcess.judge(state, { max: 1 }, target).verdict).toBe("pass");
  expect(selinuxProcess.judge({}, { max: 0 }, target).verdict).toBe("not_applicable");
});
