import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { chrony } from "./chrony.ts";
import { process } from "./process.ts";

const read = (recording: Recording) => chrony.read(recordingHost(recording), {});
const conf = "/etc/chrony/chrony.conf";

it("reads sources through confdir, sourcedir and include, where the file says so", async () => {
  const { sources } = await read({
    files: {
      [conf]:
        "# server no\n! server no\nServer a.example iburst\nconfdir /etc/c1 /etc/c2\nsourcedir /etc/s\ninclude /etc/i*.inc\n",
      "/etc/c1/x.conf": "pool b.example\n",
      "/etc/c2/x.conf": "pool hidden.example\n",
      "/etc/c2/y.conf": "peer c.example\n",
      "/etc/c2/z.txt": "pool no.example\n",
      "/etc/s/dhcp.sources": "server d.example\n",
      "/etc/i1.inc": "pool e.example\n",
    },
  });
  expect(sources.map(({ directive, name }) => `${directive} ${name}`)).toEqual([
    "server a.example",
    "pool b.example",
    "peer c.example",
    "server d.example",
    "pool e.example",
  ]);
  expect(sources[1]?.source).toBe("/etc/c1/x.conf:1");
});

it("stops at a file that includes itself", async () => {
  await expect(read({ files: { [conf]: `include ${conf}\n` } })).rejects.toThrow("too many nested includes");
});

it("takes the user from the command line before the file, and knows each family's default", async () => {
  const files = { [conf]: "user root\n" };
  expect((await read({ files })).user).toEqual({ value: "root", source: `${conf}:1` });
  const options = { ...files, "/etc/default/chrony": 'DAEMON_OPTS="-F 1 -u _chrony"\n' };
  expect((await read({ files: options })).user.value).toBe("_chrony");
  expect((await read({})).user).toEqual({ value: "_chrony", source: "built-in default" });
  const redHat = 'ID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n';
  expect((await read({ osRelease: redHat })).user.value).toBe("chrony");
});

const status = (name: string, uid: number) => `Name:\t${name}\nUid:\t0\t${uid}\t${uid}\t${uid}\n`;

it("sees whom it runs as", async () => {
  const machine: Recording = {
    directories: ["/run/systemd/system"],
    files: {
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\n_chrony:x:101:101::/x:/bin/false\n",
      "/proc/1/status": status("systemd", 0),
      "/proc/20/status": status("chronyd", 101),
      "/proc/21/status": status("chronyd", 0),
    },
  };
  expect((await read(machine)).running).toEqual(["_chrony", "root"]);
  expect(await process.read(recordingHost(machine), { name: "systemd" })).toEqual({ users: ["root"] });
  expect(await process.read(recordingHost({}), { name: "systemd" })).toEqual({});
});

it("judges processes by their users", () => {
  const judge = (users?: string[], ifMissing?: "pass") =>
    process.judge(
      users === undefined ? {} : { users },
      { user: ["_chrony"], ...(ifMissing === undefined ? {} : { if_missing: ifMissing }) },
      { name: "chronyd" },
    ).verdict;
  expect(judge()).toBe("not_applicable");
  expect(judge([])).toBe("fail");
  expect(judge([], "pass")).toBe("pass");
  expect(judge(["_chrony"])).toBe("pass");
  expect(judge(["_chrony", "root"])).toBe("fail");
});

it("judges sources by number and name, the user by file and process", () => {
  const source = (name: string, directive: "server" | "peer" = "server") => ({ directive, name, source: "x:1" });
  const user = { value: "_chrony", source: null };
  const sources = (names: ReturnType<typeof source>[], allowed: string[] = []) =>
    chrony.judge({ sources: names, user }, { sources_min: 1, sources_allowed: allowed }, {}).verdict;
  expect(sources([])).toBe("fail");
  expect(sources([source("a", "peer")])).toBe("fail");
  expect(sources([source("a")])).toBe("pass");
  expect(sources([source("A.example")], ["a.example"])).toBe("pass");
  expect(sources([source("a.example"), source("evil")], ["a.example"])).toBe("fail");
  const by = (value: string, running?: string[]) =>
    chrony.judge(
      { sources: [], user: { value, source: null }, ...(running === undefined ? {} : { running }) },
      { user: ["_chrony"] },
      {},
    ).verdict;
  expect(by("_chrony")).toBe("pass");
  expect(by("_chrony", ["_chrony"])).toBe("pass");
  expect(by("_chrony", ["root"])).toBe("fail");
  expect(by("root", [])).toBe("fail");
});
