import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "./recording.ts";
import { WriteRefusedError } from "./write-refused.ts";

it("is a Debian 12 with nothing on it unless told otherwise", async () => {
  const host = recordingHost();
  expect(await host.platform()).toMatchObject({ id: "debian", version: "12" });
  expect(await host.readText("/etc/passwd")).toBeNull();
  await expect(host.run(["sshd", "-T"])).rejects.toMatchObject({ code: "no_tool" });
});

it("follows links and implies parents", async () => {
  const host = recordingHost({ files: { "/usr/lib/a/b.conf": "x", "/lib": { linkTo: "usr/lib" } } });
  expect(await host.readText("/lib/a/b.conf")).toBe("x");
  expect(await host.list("/usr/lib/a")).toEqual(["b.conf"]);
  expect(await host.realPath("/lib/a/../a/b.conf")).toBe("/usr/lib/a/b.conf");
  expect(await host.lstat("/lib")).toMatchObject({ type: "symlink" });
  expect(await host.stat("/lib")).toMatchObject({ type: "directory", mode: 0o755 });
});

it("calls a loop of links unreadable", async () => {
  const host = recordingHost({ files: { "/a": { linkTo: "/b" }, "/b": { linkTo: "/a" } } });
  await expect(host.readText("/a")).rejects.toThrow(UnreadableError);
});

it("refuses what is unreadable, and everything below an unreadable directory", async () => {
  const denied = new UnreadableError("needs_root", "needs root: cannot read /etc/shadow");
  const host = recordingHost({
    files: { "/etc/shadow": "x", "/etc/audit/audit.rules": "" },
    unreadable: { "/etc/shadow": denied, "/etc/audit": denied },
  });
  await expect(host.readText("/etc/shadow")).rejects.toBe(denied);
  expect(await host.stat("/etc/shadow")).not.toBeNull();
  await expect(host.stat("/etc/audit/audit.rules")).rejects.toBe(denied);
  await expect(host.list("/etc/audit")).rejects.toBe(denied);
});

it("writes, removes and changes mode, but not through a link", async () => {
  const host = recordingHost({ files: { "/etc/a": "1", "/etc/link": { linkTo: "a" } } });
  await host.writeFile("/etc/b", "2", { mode: 0o600, uid: 1, gid: 2 });
  await host.setMode("/etc/a", 0o640);
  expect(host.nodes.get("/etc/b")).toEqual({ type: "file", text: "2", mode: 0o600, uid: 1, gid: 2 });
  expect(host.nodes.get("/etc/a")?.mode).toBe(0o640);
  await host.removeFile("/etc/b");
  expect(await host.lstat("/etc/b")).toBeNull();
  await expect(host.writeFile("/etc/link", "3", { mode: 0o600, uid: 0, gid: 0 })).rejects.toThrow(WriteRefusedError);
  await expect(host.writeFile("/no/where", "3", { mode: 0o600, uid: 0, gid: 0 })).rejects.toThrow(WriteRefusedError);
});

it("lets a command change the machine", async () => {
  const host = recordingHost({
    files: { "/proc/sys/kernel/x": "0\n" },
    commands: {
      "sysctl -w kernel.x=1": (machine) => {
        machine.put("/proc/sys/kernel/x", "1\n");
        return {};
      },
    },
  });
  await host.run(["sysctl", "-w", "kernel.x=1"]);
  expect(await host.readText("/proc/sys/kernel/x")).toBe("1\n");
  expect(host.ran).toEqual(["sysctl -w kernel.x=1"]);
});
