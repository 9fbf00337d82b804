import { expect, it } from "vitest";
import { type RecordedFile, recordingHost } from "../hosts/recording.ts";
import { homeDirs } from "./home-dirs.ts";
import { homeDotfiles } from "./home-dotfiles.ts";

const accounts = {
  "/etc/passwd":
    "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/none:/usr/sbin/nologin\nann:x:1000:1000::/home/ann/:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\n",
  "/etc/group": "root:x:0:\nann:x:1000:\nbob:x:1001:\n",
  "/etc/shells": "/bin/bash\n",
};
const directory = (uid: number, mode = 0o750): RecordedFile => ({ type: "directory", mode, uid, gid: uid });
const homes = { "/root": directory(0, 0o700), "/home/ann": directory(1000), "/home/bob": directory(1001) };

async function judgeHomes(desired: Parameters<typeof homeDirs.judge>[1], files: Record<string, RecordedFile> = {}) {
  const host = recordingHost({ files: { ...accounts, ...homes, ...files } });
  return homeDirs.judge(await homeDirs.read(host, {}), desired, {});
}

it.each([{ exist: true }, { owned_by_user: true }, { mode_max: "0750" }] as const)(
  "sound homes pass: %j",
  async (desired) => {
    expect(await judgeHomes(desired)).toMatchObject({ verdict: "pass" });
  },
);

it.each<[string, Parameters<typeof homeDirs.judge>[1], Record<string, RecordedFile>, string]>([
  ["a file as home", { exist: true }, { "/home/bob": "" }, "/home/bob of bob is a file"],
  ["a link that leads nowhere", { exist: true }, { "/home/bob": { linkTo: "/gone" } }, "/home/bob of bob is missing"],
  ["another owner", { owned_by_user: true }, { "/home/bob": directory(1000) }, "/home/bob of bob belongs to ann"],
  ["an unknown owner", { owned_by_user: true }, { "/home/bob": directory(77) }, "/home/bob of bob belongs to 77"],
  ["open to others", { mode_max: "0750" }, { "/home/bob": directory(1001, 0o751) }, "/home/bob is 0751"],
  ["open to its group", { mode_max: "0750" }, { "/home/ann": directory(1000, 0o770) }, "/home/ann is 0770"],
  ["a sticky bit", { mode_max: "0750" }, { "/home/ann": directory(1000, 0o1750) }, "/home/ann is 1750"],
])("fails: %s", async (_, desired, files, actual) => {
  expect(await judgeHomes(desired, files)).toMatchObject({ verdict: "fail", actual });
});

it("leaves a missing home to `exist`, and accounts without a login shell alone", async () => {
  const host = recordingHost({ files: accounts });
  const state = await homeDirs.read(host, {});
  expect(state.homes.map(({ user, path, type }) => [user, path, type])).toEqual([
    ["root", "/root", null],
    ["ann", "/home/ann", null],
    ["bob", "/home/bob", null],
  ]);
  expect(homeDirs.judge(state, { mode_max: "0750", owned_by_user: true }, {}).verdict).toBe("pass");
  expect(homeDirs.judge(state, { exist: true }, {}).verdict).toBe("fail");
});

const file = (uid: number, mode: number, gid = uid): RecordedFile => ({ text: "", mode, uid, gid });

async function judgeDotfiles(desired: Parameters<typeof homeDotfiles.judge>[1], files: Record<string, RecordedFile>) {
  const host = recordingHost({ files: { ...accounts, ...homes, ...files } });
  return homeDotfiles.judge(await homeDotfiles.read(host, {}), desired, {});
}
const modes = { mode_max: "0644", modes: { ".netrc": "0600" } };

it.each<[string, Parameters<typeof homeDotfiles.judge>[1], Record<string, RecordedFile>, string]>([
  ["no dot files", modes, {}, "so it is"],
  ["usual ones", modes, { "/home/ann/.profile": file(1000, 0o644), "/home/ann/.netrc": file(1000, 0o600) }, "so it is"],
  ["other files", modes, { "/home/ann/open": file(1000, 0o666) }, "so it is"],
  [
    "directories and links",
    modes,
    { "/home/ann/.x": directory(1000, 0o777), "/home/ann/.y": { linkTo: "/etc/passwd" } },
    "so it is",
  ],
  ["homes without a login shell", modes, { "/none/.x": file(1, 0o666) }, "so it is"],
  ["writable", modes, { "/home/ann/.profile": file(1000, 0o664) }, "/home/ann/.profile is 0664"],
  ["a mode of its own", modes, { "/home/ann/.netrc": file(1000, 0o640) }, "/home/ann/.netrc is 0640"],
  ["an unwanted name", { none_named: [".rhosts"] }, { "/root/.rhosts": file(0, 0o600) }, "/root/.rhosts is there"],
  [
    "another owner",
    { owned_by_user: true },
    { "/home/ann/.x": file(0, 0o644, 1000) },
    "/home/ann/.x of ann belongs to root",
  ],
  [
    "another group",
    { own_group: true },
    { "/home/ann/.x": file(1000, 0o644, 1001) },
    "/home/ann/.x of ann has group bob",
  ],
])("dot files: %s", async (_, desired, files, actual) => {
  expect(await judgeDotfiles(desired, files)).toMatchObject({
    verdict: actual === "so it is" ? "pass" : "fail",
    actual,
  });
});

it("is an error, never a pass, when there are too many dot files", async () => {
  const many = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`/root/.${index}`, file(0, 0o600)]));
  expect((await judgeDotfiles(modes, many)).verdict).toBe("error");
  expect((await judgeDotfiles({ mode_max: "0400" }, many)).verdict).toBe("fail");
});
