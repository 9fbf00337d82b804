import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { packageResource } from "./package.ts";

const status = `Package: sudo
Status: install ok installed
Architecture: amd64
Version: 1.9.13p3-1+deb12u1
Description: x
 Package: hidden
 .
 Status: install ok installed

Package: telnet
Status: deinstall ok config-files
Version: 0.17

Package: held
Status: hold ok installed
Version: 2.0

Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9

Package: libc6
Status: deinstall ok config-files
Architecture: i386
Version: 2.36-9

Package: broken
Status: install reinstreq half-installed
Version: 1
`;
const debian = recordingHost({ files: { "/var/lib/dpkg/status": status } });

it.each([
  ["sudo", "1.9.13p3-1+deb12u1"],
  ["telnet", null],
  ["hidden", null],
  ["held", "2.0"],
  ["libc6", "2.36-9"],
  ["broken", null],
  ["unknown", null],
])("reads %s from dpkg", async (name, version) => {
  const state = { installed: version !== null, version, manager: "dpkg" };
  expect(await packageResource.read(debian, { name })).toEqual(state);
});

it("reads a minimal image's status.d", async () => {
  const host = recordingHost({
    live: false,
    files: { "/var/lib/dpkg/status.d/tzdata": "Package: tzdata\nVersion: 2024a\n" },
  });
  expect(await packageResource.read(host, { name: "tzdata" })).toMatchObject({ installed: true, version: "2024a" });
});

it("asks rpm once, and takes the newest of several versions", async () => {
  const line = "rpm -qa --qf %{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
  const stdout = "kernel\t5.14.0-9.el9\nkernel\t5.14.0-70.el9\nopenssh-server\t8.7p1-38.el9\n";
  const host = recordingHost({ directories: ["/var/lib/rpm"], commands: { [line]: { stdout } } });
  expect((await packageResource.read(host, { name: "kernel" })).version).toBe("5.14.0-70.el9");
  expect((await packageResource.read(host, { name: "telnet" })).installed).toBe(false);
  expect(host.ran).toHaveLength(1);
});

it("says so when there is no database, or rpm cannot be asked", async () => {
  await expect(packageResource.read(recordingHost(), { name: "sudo" })).rejects.toMatchObject({ code: "unsupported" });
  const image = recordingHost({ live: false, directories: ["/var/lib/rpm"] });
  await expect(packageResource.read(image, { name: "sudo" })).rejects.toMatchObject({ code: "unsupported" });
});

it("judges presence and version", () => {
  const state = { installed: true, version: "1.9.13p3-1+deb12u1", manager: "dpkg" } as const;
  const verdict = (
    desired: Parameters<typeof packageResource.judge>[1],
    of: Parameters<typeof packageResource.judge>[0] = state,
  ) => packageResource.judge(of, desired, { name: "sudo" }).verdict;
  expect(verdict({ installed: true })).toBe("pass");
  expect(verdict({ installed: false })).toBe("fail");
  expect(verdict({ at_least_version: "1.9.13p3-1" })).toBe("pass");
  expect(verdict({ at_least_version: "1.9.14" })).toBe("fail");
  expect(verdict({ at_least_version: "0" }, { installed: false, version: null, manager: "dpkg" })).toBe("fail");
});
