import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { localHost } from "./local.ts";
import { WriteRefusedError } from "./write-refused.ts";

const host = localHost();
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "holdfast-local-"));
});
afterEach(() => rm(directory, { recursive: true }));

it("reads this machine", async () => {
  expect((await host.platform()).osType).toBe("linux");
  expect(await host.readText("/proc/sys/kernel/ostype")).toBe("Linux\n");
  expect(await host.list("/etc")).toContain("passwd");
  expect(await host.stat("/tmp")).toMatchObject({ type: "directory" });
  expect(await host.readText("/etc/passwd/below")).toBeNull();
  expect(await host.list("/etc/passwd")).toBeNull();
  expect(await host.readLink("/etc/passwd")).toBeNull();
  expect(await host.realPath("/proc/self/nothing")).toBeNull();
});

it("does not wait for a FIFO, and reads no device or directory", async () => {
  execFileSync("mkfifo", [join(directory, "fifo")]);
  await expect(host.readText(join(directory, "fifo"))).rejects.toMatchObject({ code: "unreadable" });
  await expect(host.readText("/dev/zero")).rejects.toMatchObject({ code: "unreadable" });
  await expect(host.readText(directory)).rejects.toMatchObject({ code: "unreadable" });
});

it("takes at most 8 MiB", async () => {
  await writeFile(join(directory, "large"), Buffer.alloc(8 * 1024 * 1024 + 1));
  await expect(host.readText(join(directory, "large"))).rejects.toMatchObject({ code: "too_large" });
  await writeFile(join(directory, "full"), Buffer.alloc(8 * 1024 * 1024, "a"));
  expect((await host.readText(join(directory, "full")))?.length).toBe(8 * 1024 * 1024);
});

it("calls a loop of links unreadable, and a dangling one absent", async () => {
  await symlink("loop", join(directory, "loop"));
  await symlink("gone", join(directory, "dangling"));
  await expect(host.readText(join(directory, "loop"))).rejects.toMatchObject({ code: "unreadable" });
  expect(await host.readText(join(directory, "dangling"))).toBeNull();
  expect(await host.lstat(join(directory, "dangling"))).toMatchObject({ type: "symlink" });
});

it("runs a program without a shell, in a fixed environment", async () => {
  const { stdout, exitCode } = await host.run(["env"]);
  const lines = stdout.trim().split("\n").sort();
  expect(lines).toEqual(["LC_ALL=C", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]);
  expect(exitCode).toBe(0);
  expect((await host.run(["echo", "$HOME; true"])).stdout).toBe("$HOME; true\n");
  expect((await host.run(["false"])).exitCode).toBe(1);
  await expect(host.run(["no-such-program"])).rejects.toMatchObject({ code: "no_tool" });
});

it("kills a command and its children in time, even when a child has left the group", async () => {
  const startedAt = performance.now();
  await expect(host.run(["sh", "-c", "sleep 61 & setsid sleep 3 & wait"], { timeoutMs: 200 })).rejects.toMatchObject({
    code: "timeout",
  });
  expect(performance.now() - startedAt).toBeLessThan(2000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await host.run(["ps", "-eo", "args"])).stdout).not.toContain("sleep 61");
});

it("stops a command that prints too much", async () => {
  await expect(host.run(["cat", "/dev/zero"])).rejects.toMatchObject({ code: "too_large" });
});

it("replaces a file as a whole, leaving nothing beside it", async () => {
  const path = join(directory, "a.conf");
  await host.writeFile(path, "one\n", { mode: 0o644, ...own });
  await host.writeFile(path, "two\n", { mode: 0o4750, ...own });
  expect(await readFile(path, "utf8")).toBe("two\n");
  expect((await stat(path)).mode & 0o7777).toBe(0o4750);
  expect(await readdir(directory)).toEqual(["a.conf"]);
  await host.setMode(path, 0o600);
  await host.setOwner(path, own.uid, own.gid);
  expect((await stat(path)).mode & 0o7777).toBe(0o600);
  await host.removeFile(path);
  expect(await readdir(directory)).toEqual([]);
});

it("does not write through a link, nor into a directory that is not there", async () => {
  const target = join(directory, "target");
  const link = join(directory, "link");
  await writeFile(target, "safe");
  await symlink(target, link);
  await expect(host.writeFile(link, "x", { mode: 0o644, ...own })).rejects.toThrow(WriteRefusedError);
  await expect(host.setMode(link, 0o777)).rejects.toThrow(WriteRefusedError);
  await expect(host.removeFile(link)).rejects.toThrow(WriteRefusedError);
  await expect(host.writeFile(join(directory, "no/x"), "x", { mode: 0o644, ...own })).rejects.toThrow();
  expect(await readFile(target, "utf8")).toBe("safe");
});

it("names no module that could be an option", async () => {
  await expect(host.loadModule("-r")).rejects.toThrow(WriteRefusedError);
  await expect(host.setKernelParameter("../../etc/x", "1")).rejects.toThrow(RangeError);
});
