import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { WritableHost } from "../host.ts";
import { directoryHost } from "./directory.ts";

const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, mode: 0o644 };
let outside = "";
let root = "";
let host: WritableHost;

/** A root file system that does its best to lead outside, beside a secret it must not reach. */
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), "holdfast-directory-"));
  root = join(outside, "root");
  await writeFile(join(outside, "secret"), "secret");
  await mkdir(join(root, "etc/inner"), { recursive: true });
  await mkdir(join(root, "usr/lib"), { recursive: true });
  await writeFile(join(root, "etc/hostname"), "image\n");
  await writeFile(join(root, "usr/lib/os-release"), "ID=\"debian\"\nVERSION_ID='12'\n");
  await symlink("/usr/lib", join(root, "lib"));
  await symlink("../usr/lib/os-release", join(root, "etc/os-release"));
  await symlink("../../../../../../secret", join(root, "etc/climb"));
  await symlink(join(outside, "secret"), join(root, "etc/absolute"));
  await symlink(outside, join(root, "out"));
  await symlink("..", join(root, "up"));
  await symlink("/etc/loop", join(root, "etc/loop"));
  host = await directoryHost(root);
});
afterEach(() => rm(outside, { recursive: true }));

it("is what its files say, and has no kernel", async () => {
  expect(host.hostname).toBe("image");
  expect(host.live).toBe(false);
  expect(await host.platform()).toMatchObject({ id: "debian", version: "12" });
  await expect(host.run(["true"])).rejects.toMatchObject({ code: "unsupported" });
  await expect(host.setKernelParameter("kernel.x", "1")).rejects.toThrow();
});

it("resolves absolute links inside", async () => {
  expect(await host.readText("/lib/os-release")).toContain("debian");
  expect(await host.realPath("/lib/os-release")).toBe("/usr/lib/os-release");
  expect(await host.readLink("/lib")).toBe("/usr/lib");
});

it.each([
  "/etc/climb",
  "/etc/absolute",
  "/out/secret",
  "/up/secret",
  "/../secret",
  "/etc/../../secret",
  "/up/up/secret",
])("does not reach what is outside by %s", async (path) => {
  expect(await host.readText(path)).toBeNull();
  expect(await host.stat(path)).toBeNull();
  expect(await host.realPath(path)).toBeNull();
});

it("lists inside when asked to climb", async () => {
  expect(await host.list("/up/..")).toEqual(["etc", "lib", "out", "up", "usr"]);
  expect(await host.list("/out")).toBeNull();
});

it("says a loop is unreadable, and a relative path invalid", async () => {
  await expect(host.readText("/etc/loop")).rejects.toMatchObject({ code: "unreadable" });
  await expect(host.readText("etc/hostname")).rejects.toMatchObject({ code: "invalid" });
});

it.each(["/out/new", "/etc/climb", "/etc/absolute", "/up/../out/new", "/etc/.."])(
  "writes nothing by %s",
  async (path) => {
    await expect(host.writeFile(path, "x", own)).rejects.toThrow();
    await expect(host.setMode(path, 0o777)).rejects.toThrow();
    expect(await readdir(outside)).toEqual(["root", "secret"]);
    expect(await readFile(join(outside, "secret"), "utf8")).toBe("secret");
  },
);

it("writes inside, through a link that stays inside, and sees it", async () => {
  expect(await host.lstat("/usr/lib/new")).toBeNull();
  await host.writeFile("/lib/new", "x", own);
  expect(await host.readText("/usr/lib/new")).toBe("x");
  await host.removeFile("/lib/new");
  expect(await host.lstat("/usr/lib/new")).toBeNull();
});

it("refuses a directory that is not there", async () => {
  await expect(directoryHost(join(root, "gone"))).rejects.toMatchObject({ code: "invalid" });
  await expect(directoryHost(join(root, "etc/hostname"))).rejects.toMatchObject({ code: "invalid" });
});
