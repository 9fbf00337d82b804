import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { packageDependents } from "./package-dependents.ts";

const stanza = (name: string, fields: string, status = "install ok installed") =>
  `Package: ${name}\nStatus: ${status}\nVersion: 1.0-1\n${fields}\n`;
const debian = (...stanzas: string[]) =>
  recordingHost({ live: false, files: { "/var/lib/dpkg/status": stanzas.join("\n") } });

it.each<[string, string[], string[]]>([
  ["nothing", [stanza("app", "Depends: libc6 (>= 2.34)\n")], []],
  ["what depends on it", [stanza("app", "Depends: libc6 (>= 2.34), rsync:any (>= 3) , x\n")], ["app"]],
  ["what has to be set up after it", [stanza("app", "Pre-Depends: rsync\n")], ["app"]],
  ["what wants a virtual package that it alone provides", [stanza("app", "Depends: file-sync\n")], ["app"]],
  [
    "nobody, where another package provides it too",
    [stanza("app", "Depends: file-sync\n"), stanza("unison", "Provides: file-sync (= 2)\n")],
    [],
  ],
  [
    "nobody, where the other alternative is installed",
    [stanza("app", "Depends: unison | rsync\n"), stanza("unison", "")],
    [],
  ],
  ["what has no other alternative installed", [stanza("app", "Depends: unison | rsync\n")], ["app"]],
  ["nobody who merely recommends it", [stanza("app", "Recommends: rsync\nSuggests: rsync\n")], []],
  ["nobody who was removed", [stanza("app", "Depends: rsync\n", "deinstall ok config-files")], []],
  ["nobody with a longer name in mind", [stanza("app", "Depends: rsync-daemon\n")], []],
])("finds in dpkg's database: %s", async (_, others, requiredBy) => {
  const host = debian(stanza("rsync", "Provides: file-sync\n"), ...others);
  const state = await packageDependents.read(host, { of: ["rsync"] });
  expect(state).toEqual({ installed: [{ name: "rsync", requiredBy }] });
  expect(packageDependents.judge(state, { each_required: true }, { of: ["rsync"] }).verdict).toBe(
    requiredBy.length > 0 ? "pass" : "fail",
  );
});

it("lets packages not keep each other", async () => {
  const host = debian(stanza("one", "Depends: two\n"), stanza("two", "Depends: one\n"));
  const of = ["one", "two"];
  expect((await packageDependents.read(host, { of })).installed.flatMap(({ requiredBy }) => requiredBy)).toEqual([]);
});

it("wants a reason for each", () => {
  const state = {
    installed: [
      { name: "one", requiredBy: ["app"] },
      { name: "two", requiredBy: [] },
    ],
  };
  expect(packageDependents.judge(state, { each_required: true }, { of: ["one", "two"] })).toMatchObject({
    verdict: "fail",
    actual: "one is needed by app; no installed package needs two",
  });
});

it("asks nothing more where none is installed", async () => {
  const state = await packageDependents.read(debian(stanza("app", "")), { of: ["rsync"] });
  expect(state).toEqual({ installed: [] });
  expect(packageDependents.judge(state, { each_required: true }, { of: ["rsync"] }).verdict).toBe("pass");
});

const query = "rpm -qa --qf %{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
const tag = (name: string) => `rpm -qa --qf [%{=NAME}\\t%{${name}}\\n]`;
const files = (names: string) => `rpm -q --qf [%{=NAME}\\t%{FILENAMES}\\n] ${names}`;
const redHat = (requires: string, more = "") =>
  recordingHost({
    directories: ["/var/lib/rpm"],
    commands: {
      [query]: { stdout: "httpd\t2.4-1\nnginx\t1.20-1\napp\t1-1\n" },
      [tag("PROVIDENAME")]: { stdout: `httpd\twebserver\nhttpd\thttpd\nnginx\tnginx\napp\tapp\n${more}` },
      [tag("REQUIRENAME")]: { stdout: requires },
      [files("httpd")]: { stdout: "httpd\t/usr/sbin/httpd\nhttpd\t/etc/httpd\n" },
    },
  });

it.each<[string, string, string, string[]]>([
  ["by name", "app\tglibc\napp\thttpd\n", "", ["app"]],
  ["by a capability", "app\twebserver\n", "", ["app"]],
  ["by a capability that another package has too", "app\twebserver\n", "nginx\twebserver\n", []],
  ["by a file", "app\t/usr/sbin/httpd\n", "", ["app"]],
  ["only under a condition", "app\t(httpd if nginx)\n", "", []],
  ["by itself", "httpd\thttpd\n", "", []],
])("finds in rpm's database who needs it %s", async (_, requires, more, requiredBy) => {
  const state = await packageDependents.read(redHat(requires, more), { of: ["httpd", "absent"] });
  expect(state).toEqual({ installed: [{ name: "httpd", requiredBy }] });
});

it("says so when rpm cannot be asked", async () => {
  const host = recordingHost({
    directories: ["/var/lib/rpm"],
    commands: { [query]: { stdout: "httpd\t2.4-1\n" }, [tag("PROVIDENAME")]: { exitCode: 1, stderr: "error: db" } },
  });
  await expect(packageDependents.read(host, { of: ["httpd"] })).rejects.toMatchObject({ code: expect.any(String) });
});
