import type { Change } from "@holdfast/contracts/plan";
import { describe, expect, it } from "vitest";
import { applyChange, observeChange, observeWas, StateChangedError, undoChange, undoState } from "./changes.ts";
import { type RecordedFile, recordingHost } from "./hosts/recording.ts";

/** One example of every primitive: the machine it fits, what somebody else might do to the same thing. */
const examples: Record<
  string,
  { change: Change; files: Record<string, RecordedFile>; edit: Record<string, RecordedFile> }
> = {
  "write a new file": {
    change: { type: "write_file", path: "/etc/a.conf", text: "new\n", mode: 0o640, was: null },
    files: { "/etc/other": "" },
    edit: { "/etc/a.conf": "edited\n" },
  },
  "replace a file": {
    change: { type: "write_file", path: "/etc/a.conf", text: "new\n", mode: 0o644, was: "old\n" },
    files: { "/etc/a.conf": { text: "old\n", mode: 0o600, uid: 7, gid: 8 } },
    edit: { "/etc/a.conf": "edited\n" },
  },
  "remove a file": {
    change: { type: "remove_file", path: "/etc/a.conf", was: "old\n" },
    files: { "/etc/a.conf": { text: "old\n", mode: 0o600, uid: 7, gid: 8 } },
    edit: { "/etc/a.conf": "edited\n" },
  },
  "set a mode": {
    change: { type: "set_mode", path: "/etc/shadow", mode: 0o640, was: 0o644 },
    files: { "/etc/shadow": "x" },
    edit: { "/etc/shadow": { text: "x", mode: 0o666 } },
  },
  "set an owner": {
    change: { type: "set_owner", path: "/usr/bin/su", uid: 0, gid: 0, was: { uid: 1, gid: 1 } },
    files: { "/usr/bin/su": { text: "x", mode: 0o4755, uid: 1, gid: 1 } },
    edit: { "/usr/bin/su": { text: "x", mode: 0o4755, uid: 9, gid: 9 } },
  },
  "set a kernel parameter": {
    change: { type: "set_sysctl", key: "net.ipv4.tcp_rmem", value: "1 2 3", was: "4 5 6" },
    files: { "/proc/sys/net/ipv4/tcp_rmem": "4\t5\t6\n" },
    edit: { "/proc/sys/net/ipv4/tcp_rmem": "7\t8\t9\n" },
  },
  "unload a module": {
    change: { type: "unload_module", name: "usb-storage" },
    files: { "/proc/modules": "usb_storage 1 0 - Live 0x0\next4 1 1 - Live 0x0\n" },
    edit: {},
  },
};

describe.each(Object.entries(examples))("%s", (_, { change, files, edit }) => {
  it("is done and undone, and twice is as once", async () => {
    const host = recordingHost({ files });
    const before = await observeWas(host, change);
    await applyChange(host, change);
    const after = await observeChange(host, change);
    expect(after).not.toEqual(before);
    expect(await undoState(host, change, before)).toBe("ours");
    await undoChange(host, change, before);
    expect(await observeChange(host, change)).toEqual(before);
    expect(await undoState(host, change, before)).toBe("undone");
    await undoChange(host, change, before);
    expect(await observeChange(host, change)).toEqual(before);
  });

  it("is refused on what somebody else has changed, touching nothing, and sees an edit made afterwards", async () => {
    const host = recordingHost({ files });
    const before = await observeWas(host, change);
    await applyChange(host, change);
    const nodes = JSON.stringify([...host.nodes]);
    await expect(applyChange(host, change)).rejects.toThrow(StateChangedError);
    expect(JSON.stringify([...host.nodes])).toBe(nodes);
    if (Object.keys(edit).length === 0) return;
    for (const [path, file] of Object.entries(edit)) host.put(path, file);
    expect(await undoState(host, change, before)).toBe("edited");
    await undoChange(host, change, before);
    expect(await undoState(host, change, before)).toBe("undone");
  });
});

it("keeps the mode and owner of a file it replaces", async () => {
  const host = recordingHost({ files: { "/etc/a": { text: "old", mode: 0o600, uid: 7, gid: 8 } } });
  await applyChange(host, { type: "write_file", path: "/etc/a", text: "new", mode: 0o644, was: "old" });
  expect(host.nodes.get("/etc/a")).toEqual({ type: "file", text: "new", mode: 0o600, uid: 7, gid: 8 });
});

it("puts setuid back when changing the owner has cleared it, also when killed in between", async () => {
  const host = recordingHost({ files: { "/usr/bin/su": { text: "x", mode: 0o4755, uid: 1, gid: 1 } } });
  const change: Change = { type: "set_owner", path: "/usr/bin/su", uid: 0, gid: 0, was: { uid: 1, gid: 1 } };
  const before = await observeWas(host, change);
  const clearing = { ...host, setOwner: (path: string, uid: number, gid: number) => chown(path, uid, gid) };
  async function chown(path: string, uid: number, gid: number): Promise<void> {
    host.put(path, { text: "x", mode: 0o755, uid, gid });
  }
  await applyChange(clearing, change);
  expect(host.nodes.get("/usr/bin/su")).toMatchObject({ mode: 0o4755, uid: 0 });
  for (const uid of [0, 1]) {
    host.put("/usr/bin/su", { text: "x", mode: 0o755, uid, gid: uid });
    expect(await undoState(host, change, before)).toBe("ours");
    await undoChange(clearing, change, before);
    expect(host.nodes.get("/usr/bin/su")).toMatchObject({ mode: 0o4755, uid: 1 });
  }
});

it("touches no link, no directory in place of a file, and no file it could not put back", async () => {
  const host = recordingHost({
    files: { "/etc/link": { linkTo: "real" }, "/etc/real": "x", "/etc/latin": "gr\uFFFDn" },
    directories: ["/etc/directory"],
  });
  for (const path of ["/etc/link", "/etc/directory", "/etc/latin"]) {
    const change: Change = { type: "write_file", path, text: "y", mode: 0o644, was: "x" };
    await expect(observeWas(host, change)).rejects.toThrow(StateChangedError);
  }
  const mode: Change = { type: "set_mode", path: "/etc/link", mode: 0o600, was: 0o777 };
  await expect(observeWas(host, mode)).rejects.toThrow(StateChangedError);
});
