import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { fsWalk } from "./fs-walk.ts";

const accounts = {
  "/etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
  "/etc/group": "root:x:0:\nalice:x:1000:\n",
};
const machine = (recording: Recording) =>
  recordingHost({ live: false, ...recording, files: { ...accounts, ...recording.files } });
const paths = async (find: "world_writable_file" | "unknown_owner" | "setuid_or_setgid", recording: Recording) =>
  (await fsWalk.read(machine(recording), { find })).files.map(({ path }) => path);

it("finds files that anybody may change, outside containers", async () => {
  const open = { mode: 0o666 };
  const files = {
    "/srv/b": open,
    "/srv/a": open,
    "/srv/link": { linkTo: "/srv/a" },
    "/srv/closed": "",
    "/var/lib/kubelet/pods/x": open,
    "/opt/containerd/x": open,
    "/proc/self/x": open,
  };
  expect(await paths("world_writable_file", { files })).toEqual(["/srv/a", "/srv/b"]);
});

it("finds open directories that lack the sticky bit", async () => {
  const directory = (mode: number) => ({ type: "directory", mode }) as const;
  const host = machine({ files: { "/tmp": directory(0o1777), "/srv/x": directory(0o777) } });
  const state = await fsWalk.read(host, { find: "world_writable_directory" });
  expect(state).toEqual({
    total: 1,
    files: [{ path: "/srv/x", type: "directory", mode: "0777", owner: "root", group: "root" }],
  });
  const target = { find: "world_writable_directory" } as const;
  expect(fsWalk.judge(state, { at_most: 0 }, target).verdict).toBe("fail");
  expect(fsWalk.judge(state, { at_most: 1 }, target).verdict).toBe("pass");
  expect(fsWalk.judge(state, { review: true }, target)).toMatchObject({ verdict: "manual" });
});

it("takes owners of a directory service for known, on a running machine", async () => {
  const files = { "/home/bob": { uid: 5000 }, "/home/gone": { uid: 5001 } };
  const found = { exitCode: 2, stdout: "bob:*:5000:5000::/home/bob:/bin/bash\n" };
  const commands = { "getent passwd 5000 5001": found };
  expect(await paths("unknown_owner", { live: true, files, commands })).toEqual(["/home/gone"]);
  expect(await paths("unknown_owner", { live: true, files })).toEqual(["/home/bob", "/home/gone"]);
  expect(await paths("unknown_owner", { files })).toEqual(["/home/bob", "/home/gone"]);
});

it("does not pass when something could not be read, but fails for what was found", async () => {
  const shut = { "/root": new UnreadableError("needs_root", "needs root: cannot read /root") };
  const target = { find: "world_writable_file" } as const;
  const state = await fsWalk.read(machine({ directories: ["/root"], unreadable: shut }), target);
  expect(state.unreadable).toEqual({ total: 1, paths: ["/root"] });
  expect(fsWalk.judge(state, { at_most: 0 }, target).verdict).toBe("error");
  expect(fsWalk.judge({ ...state, total: 1 }, { at_most: 0 }, target).verdict).toBe("fail");
});

it("keeps the first thousand and counts all", async () => {
  const files = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`/srv/${9999 - at}`, { mode: 0o666 }]));
  const { total, files: kept } = await fsWalk.read(machine({ files }), { find: "world_writable_file" });
  expect([total, kept.length, kept[0]?.path, kept[999]?.path]).toEqual([3000, 1000, "/srv/7000", "/srv/7999"]);
});
