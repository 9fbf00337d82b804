import { expect, it } from "vitest";
import { UnreadableError } from "../host.ts";
import { recordingHost } from "../hosts/recording.ts";
import { shadow } from "./shadow.ts";

type Desired = Parameters<typeof shadow.judge>[1];

const hash = "$y$j9T$abcdefgh$ijklmnop";
const passwd = `root:x:0:0::/root:/bin/bash
daemon:x:1:1::/:/usr/sbin/nologin
ann:x:1000:1000::/home/ann:/bin/bash
bob:x:1001:1001::/home/bob:/usr/sbin/nologin
`;
const sound = `root:*:19000:0:99999:7:::\ndaemon:!*:19000::::::\nann:${hash}:19000:1:365:7:30::\nbob:!${hash}:99999:0:99999:7:::\n`;

const read = (text: string) =>
  shadow.read(
    recordingHost({ files: { "/etc/shadow": text, "/etc/passwd": passwd, "/etc/shells": "/bin/bash\n" } }),
    {},
  );
const judge = async (text: string, desired: Desired) => shadow.judge(await read(text), desired, {});

const secured: Desired = { assert: "account_secured", account: "root" };
const locked: Desired = { assert: "no_shell_accounts_locked", ignore: ["root"] };
const past: Desired = { assert: "last_change_not_in_future" };

it("never holds a hash", async () => {
  const state = await read(`${sound}eve:${hash}\n`);
  expect(JSON.stringify(state)).not.toContain("abcdefgh");
  expect(state.accounts[2]).toEqual({
    name: "ann",
    password: "set",
    uid: 1000,
    nologin: false,
    lastChangeInFuture: false,
    minDays: 1,
    maxDays: 365,
    warnDays: 7,
    inactiveDays: 30,
  });
});

it.each([
  [hash, "set"],
  ["$6$salt$hash", "set"],
  ["abJnggxhB/yWI", "set"],
  ["_J9..rasmBYk8r9AiWNc", "set"],
  [`!${hash}`, "locked"],
  [`!!${hash}`, "locked"],
  ["!abJnggxhB/yWI", "locked"],
  ["", "empty"],
  ["!", "none"],
  ["!!", "none"],
  ["*", "none"],
  ["!*", "none"],
  ["x", "none"],
  ["*LK*", "none"],
])("the password field %j is %s", async (field, password) => {
  expect((await read(`ann:${field}:19000:0:99999:7:::`)).accounts[0]?.password).toBe(password);
});

it.each<[string, Desired]>([
  ["no empty password", { assert: "no_empty_password" }],
  ["root secured", secured],
  ["no shell, locked", locked],
  ["changed in the past; a locked account's day does not matter", past],
  ["a field", { field: "max_days", between: [1, 365] }],
])("a sound machine passes: %s", async (_, desired) => {
  expect(await judge(sound, desired)).toMatchObject({ verdict: "pass", source: "/etc/shadow" });
});

it.each<[string, string, Desired, string]>([
  ["an empty password", "ann::19000:0:99999:7:::", { assert: "no_empty_password" }, "ann has one"],
  ["root without a password", "root::19000:0:99999:7:::", secured, "root has an empty password"],
  ["no root", "ann:*:19000:0:99999:7:::", secured, "/etc/shadow does not have root"],
  ["no shell, a password", `bob:${hash}:19000:0:99999:7:::`, locked, "bob is not"],
  ["no shell, an empty password", "bob::19000:0:99999:7:::", locked, "bob is not"],
  ["changed in the future", `ann:${hash}:99999:0:99999:7:::`, past, "that of ann was not"],
  ["too many days", `ann:${hash}:19000:0:366:7:::`, { field: "max_days", at_most: 365 }, "ann: 366"],
  ["no days", `ann:${hash}:19000:0::7:::`, { field: "max_days", at_most: 365 }, "ann: not set"],
  ["too few days", `ann:${hash}:19000:0:365:7:::`, { field: "min_days", at_least: 1 }, "ann: 0"],
  ["too late a warning", `ann:${hash}:19000:0:365:6:::`, { field: "warn_days", at_least: 7 }, "ann: 6"],
  ["an empty password for ever", "ann::19000:0:365:7:::", { field: "min_days", at_least: 1 }, "ann: 0"],
  ["too few days, the last field left out", `ann:${hash}:19000:0::::`, { field: "min_days", at_least: 1 }, "ann: 0"],
  ["never inactive", `ann:${hash}:19000:0:365:7:-1::`, { field: "inactive_days", between: [0, 45] }, "ann: -1"],
])("fails: %s", async (_, text, desired, actual) => {
  expect(await judge(`${text}\n`, desired)).toMatchObject({ verdict: "fail", actual });
});

it.each<[string, string, Desired]>([
  ["a field of a locked account", `ann:!${hash}:19000:0:99999:7:::`, { field: "max_days", at_most: 365 }],
  ["a line without the reserved field", "ann:!!:19000:1::::", { field: "min_days", at_least: 1 }],
  ["an ignored account", `root:${hash}:19000:0:99999:7:::`, { assert: "no_shell_accounts_locked", ignore: ["root"] }],
  ["an account passwd does not have", `eve:${hash}:19000:0:99999:7:::`, locked],
])("passes: %s", async (_, text, desired) => {
  expect((await judge(text, desired)).verdict).toBe("pass");
});

it.each([
  ["too few fields", "ann:*:19000:0:99999:7:"],
  ["too many fields", "ann:*:19000:0:99999:7::::"],
  ["no number", "ann:*:19000:0:many:7:::"],
  ["no name", ":*:19000:0:99999:7:::"],
  ["nonsense", "nonsense"],
])("reports a malformed line and lets nothing pass: %s", async (_, line) => {
  const judgement = await judge(`${sound}${line}\n`, { assert: "no_empty_password" });
  expect(judgement).toMatchObject({ verdict: "fail", actual: "/etc/shadow:5 is malformed" });
});

it("needs root", async () => {
  const error = new UnreadableError("needs_root", "needs root: cannot read /etc/shadow");
  const host = recordingHost({ privileged: false, unreadable: { "/etc/shadow": error } });
  await expect(shadow.read(host, {})).rejects.toThrow(error);
});

it("tells whether an account has a password of its own", async () => {
  const hasPassword = (account: string): Desired => ({ assert: "account_has_password", account });
  expect(await judge(sound, hasPassword("ann"))).toMatchObject({ verdict: "pass" });
  expect(await judge(sound, hasPassword("root"))).toMatchObject({ verdict: "fail", actual: "that of root is none" });
  expect(await judge(sound, hasPassword("bob"))).toMatchObject({ verdict: "fail", actual: "that of bob is locked" });
  expect(await judge("ann:::::::::", hasPassword("ann"))).toMatchObject({ verdict: "fail" });
  expect(await judge(sound, hasPassword("eve"))).toMatchObject({ verdict: "fail", actual: "that of eve is not there" });
});
