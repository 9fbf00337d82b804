import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { directoryHost } from "./directory.ts";
import { localHost } from "./local.ts";
import { recordingHost } from "./recording.ts";

let root = "";
const bad = Buffer.concat([Buffer.from("etc/bad-"), Buffer.from([0xdc]), Buffer.from("-name")]);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "walk-"));
  mkdirSync(join(root, "etc/deep/er"), { recursive: true });
  mkdirSync(join(root, "skipped"));
  writeFileSync(join(root, "etc/deep/er/open"), "");
  chmodSync(join(root, "etc/deep/er/open"), 0o666);
  writeFileSync(join(root, "skipped/file"), "");
  symlinkSync("/", join(root, "etc/all"));
  symlinkSync("/etc", join(root, "settings"));
  writeFileSync(Buffer.concat([Buffer.from(`${root}/`), bad]), "");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("visits everything inside a directory, and nothing through links", async () => {
  const seen: string[] = [];
  const host = await directoryHost(root);
  const { visited, unreadable } = await host.walk((path, stat) => seen.push(`${path} ${stat.mode.toString(8)}`), {
    skip: (path) => path === "/skipped",
  });
  expect(seen.map((line) => line.split(" ")[0]).sort()).toEqual([
    "/",
    "/etc",
    "/etc/bad-\\xdc-name",
    "/etc/deep",
    "/etc/deep/er",
    "/etc/deep/er/open",
    "/skipped",
  ]);
  expect(seen).toContain("/etc/deep/er/open 666");
  expect({ visited, unreadable }).toEqual({ visited: 7, unreadable: 0 });
});

it("starts where a link leads", async () => {
  const seen: string[] = [];
  await (await directoryHost(root)).walk((path) => seen.push(path), { under: "/settings/deep" });
  expect(seen.sort()).toEqual(["/etc/deep", "/etc/deep/er", "/etc/deep/er/open"]);
});

it("visits nothing where nothing is", async () => {
  const nothing = { visited: 0, unreadable: 0, unreadablePaths: [] };
  expect(await localHost().walk(() => {}, { under: join(root, "absent") })).toEqual(nothing);
});

it("gives up when the time is over", async () => {
  const walk = localHost().walk(() => {}, { under: "/usr", timeoutMs: 0 });
  await expect(walk).rejects.toMatchObject({ code: "timeout" });
});

it("shows a recording's nodes and mounts in the same way", async () => {
  const host = recordingHost({
    files: {
      "/proc/self/mountinfo": "27 1 254:0 / / rw,nosuid - ext4 /dev/vda rw\n28 27 0:9 / /mnt rw - nfs h:/x rw\n",
      "/mnt/far": "",
      "/srv/link": { linkTo: "/etc" },
      "/shut/file": "",
    },
    unreadable: { "/shut": new Error("shut") as never },
  });
  const seen = new Map<string, readonly string[] | undefined>();
  const summary = await host.walk((path, _, mount) => seen.set(path, mount?.options));
  expect(seen.get("/etc/os-release")).toEqual(["rw", "nosuid"]);
  expect([...seen.keys()].filter((path) => /^\/(mnt|srv|shut)/.test(path))).toEqual(["/shut", "/srv"]);
  expect(summary.unreadablePaths).toEqual(["/shut"]);
});
