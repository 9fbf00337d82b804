import { expect, it } from "vitest";
import { componentMatcher, expandGlob } from "./glob.ts";
import { recordingHost } from "./hosts/recording.ts";

const host = recordingHost({
  files: {
    "/home/a/.ssh/id": "",
    "/home/a/.rhosts": "",
    "/home/b/.rhosts": "",
    "/etc/ssh/ssh_host_rsa_key": "",
    "/etc/ssh/ssh_host_rsa_key.pub": "",
    "/var/log/a.log": "",
    "/var/log/.hidden/b.log": "",
    "/var/log/deep/er/c.log": "",
    "/var/log/loop": { linkTo: "/var/log" },
  },
});

it.each([
  ["/home/*/.rhosts", ["/home/a/.rhosts", "/home/b/.rhosts"]],
  ["/home/*/*", []],
  ["/home/?/.s*", ["/home/a/.ssh"]],
  ["/etc/ssh/ssh_host_*_key", ["/etc/ssh/ssh_host_rsa_key"]],
  ["/etc/ssh/[!a-r]*.pub", ["/etc/ssh/ssh_host_rsa_key.pub"]],
  ["/var/log/**/*.log", ["/var/log/.hidden/b.log", "/var/log/a.log", "/var/log/deep/er/c.log"]],
  ["/etc/ssh", ["/etc/ssh"]],
  ["/etc/nothing", []],
])("expands %s", async (pattern, paths) => {
  expect(await expandGlob(host, pattern)).toEqual({ paths, truncated: false });
});

it("takes everything below with a trailing **", async () => {
  expect((await expandGlob(host, "/var/log/**")).paths).toContain("/var/log/deep/er");
});

it("says when there is more than the limit", async () => {
  expect(await expandGlob(host, "/home/*/.rhosts", 1)).toEqual({ paths: ["/home/a/.rhosts"], truncated: true });
});

it.each([
  ["a[]]b", "a]b", true],
  ["a[", "a[", true],
  ["a\\*", "a*", true],
  ["a\\*", "ab", false],
  ["a.b", "axb", false],
  ["*", ".a", false],
  ["[a-c]x", "bx", true],
  ["***a", "xa", true],
  ["[z-a]", "b", false],
  ["a*b*c", "a1b2b3c", true],
  ["*a*a*a*a*a*a*a*a*b", "a".repeat(255), false],
])("matches %s against %s: %s", (pattern, name, matched) => {
  expect(componentMatcher(pattern)(name)).toBe(matched);
});
