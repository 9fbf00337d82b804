import { expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { dconf } from "./dconf.ts";
import { dconfLock } from "./dconf-lock.ts";
import { parseDconfValue } from "./dconf-value.ts";

const profile = "# sessions\nuser-db:user\nsystem-db:local\nsystem-db:site # of the site\n";
const idle = { profile: "user", key: "/org/gnome/desktop/session/idle-delay", type: "uint32" } as const;
const files = {
  "/etc/dconf/profile/user": profile,
  "/etc/dconf/db/local": "compiled",
  "/etc/dconf/db/site": "compiled",
  "/etc/dconf/db/local.d/00-a": "[org/gnome/desktop/session]\nidle-delay=uint32 300\n",
  "/etc/dconf/db/local.d/10-b": "[org/gnome/desktop/session]\n# idle-delay=uint32 1\nidle-delay = uint32 600\n",
  "/etc/dconf/db/local.d/.hidden": "[org/gnome/desktop/session]\nidle-delay=uint32 1\n",
  "/etc/dconf/db/site.d/00-a": "[org/gnome/desktop/session]\nidle-delay=uint32 900\n",
};
const read = (recording: Recording, target: Parameters<typeof dconf.read>[1] = idle) =>
  dconf.read(recordingHost(recording), target);
const readLocks = (recording: Recording) => dconfLock.read(recordingHost(recording), { profile: "user" });

it("takes the file sorted last of the first database that has the key", async () => {
  expect(await read({ files })).toEqual({
    value: "600",
    type: "uint32",
    source: "/etc/dconf/db/local.d/10-b:3",
    stale: [],
  });
});

it("takes the value from the last database that locks the key", async () => {
  const locked = { ...files, "/etc/dconf/db/site.d/locks/l": "# x\n/org/gnome/desktop/session/idle-delay\n" };
  expect((await read({ files: locked })).value).toBe("900");
});

it("uses only databases that the profile names", async () => {
  const { "/etc/dconf/profile/user": _, ...withoutProfile } = files;
  expect((await read({ files: withoutProfile })).value).toBeNull();
  const shipped = { ...withoutProfile, "/usr/share/dconf/profile/user": "user-db:user\nsystem-db:site\n" };
  expect((await read({ files: shipped })).value).toBe("900");
  const hostile = { ...files, "/etc/dconf/profile/user": "system-db:../../tmp/x\nnonsense\n" };
  expect((await read({ files: hostile })).value).toBeNull();
});

it("reads the login screen's defaults where GDM compiles them itself", async () => {
  const target = { profile: "gdm", key: "/org/gnome/login-screen/disable-user-list", type: "boolean" } as const;
  const state = await read(
    {
      files: {
        "/usr/share/dconf/profile/gdm": "user-db:user\nfile-db:/var/lib/gdm3/greeter-dconf-defaults\n",
        "/usr/share/gdm/dconf/90-debian-settings": { linkTo: "/etc/gdm3/greeter.dconf-defaults" },
        "/etc/gdm3/greeter.dconf-defaults": "[org/gnome/login-screen]\ndisable-user-list=true\n",
      },
    },
    target,
  );
  expect(state).toMatchObject({ value: "true", type: "boolean", stale: [] });
});

it("notices keyfiles that are newer than the database, or were never compiled", async () => {
  const { "/etc/dconf/db/local": _, ...never } = files;
  expect((await read({ files: never })).stale).toEqual(["system-db:local"]);
  const newer = {
    ...files,
    "/etc/dconf/db/site": { text: "compiled", modifiedAt: 100 },
    "/etc/dconf/db/site.d/locks/x": { text: "", modifiedAt: 101 },
  };
  expect((await read({ files: newer })).stale).toEqual(["system-db:site"]);
  expect((await readLocks({ files: newer })).stale).toEqual(["system-db:site"]);
});

it("reads GVariant's text form", () => {
  expect(parseDconfValue("uint32 0x10")).toEqual({ type: "uint32", value: "16" });
  expect(parseDconfValue("900")).toEqual({ type: "int32", value: "900" });
  expect(parseDconfValue("'it\\'s'")).toEqual({ type: "string", value: "it's" });
  expect(parseDconfValue('"a"')).toEqual({ type: "string", value: "a" });
  expect(parseDconfValue("@ai []")).toEqual({ type: "other", value: "@ai []" });
  expect(parseDconfValue("1.5")).toEqual({ type: "double", value: "1.5" });
});

it("wants a value of the key's type in a database that is compiled", () => {
  const judge = (value: string | null, type: string | null, stale: string[] = []) =>
    dconf.judge({ value, type, source: null, stale }, { between: [1, 900] }, idle).verdict;
  expect(judge("900", "uint32")).toBe("pass");
  expect(judge("901", "uint32")).toBe("fail");
  expect(judge("900", "int32")).toBe("fail");
  expect(judge(null, null)).toBe("fail");
  expect(judge("900", "uint32", ["system-db:local"])).toBe("fail");
});

it("wants every key locked, unless users can write nothing", async () => {
  const lock = "/org/gnome/desktop/session/idle-delay";
  const locked = { ...files, "/etc/dconf/db/local.d/locks/l": `${lock}\n`, "/etc/dconf/db/local.d/locks/m": " /x\n" };
  const state = await readLocks({ files: locked });
  expect(state).toEqual({
    writable: true,
    locks: [{ key: lock, source: "/etc/dconf/db/local.d/locks/l:1" }],
    stale: [],
  });
  expect(dconfLock.judge(state, { keys: [lock] }, { profile: "user" }).verdict).toBe("pass");
  expect(dconfLock.judge(state, { keys: [lock, "/x"] }, { profile: "user" }).verdict).toBe("fail");
  expect(dconfLock.judge({ ...state, stale: ["system-db:local"] }, { keys: [lock] }, { profile: "user" }).verdict).toBe(
    "fail",
  );
  const sealed = { "/etc/dconf/profile/user": "system-db:local\n" };
  const readOnly = await readLocks({ files: sealed });
  expect(dconfLock.judge(readOnly, { keys: [lock] }, { profile: "user" }).verdict).toBe("pass");
});
