import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { accountDb } from "./account-db.ts";

type Desired = Parameters<typeof accountDb.judge>[1];

const passwd = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
sync:x:4:65534::/bin:/bin/sync
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
ann:x:1000:1000:Ann:/home/ann:/bin/bash
`;
const group = "root:x:0:\ndaemon:x:1:\nshadow:x:42:\nnogroup:x:65534:\nann:x:1000:\n";
const shells = "# shells\n/bin/sh\n/bin/bash # usual\n/usr/sbin/nologin\n";

async function judge(
  desired: Desired,
  more: { passwd?: string; group?: string; others?: Record<string, string> } = {},
) {
  const files = {
    "/etc/passwd": passwd + (more.passwd ?? ""),
    "/etc/group": group + (more.group ?? ""),
    "/etc/shells": shells,
    ...more.others,
  };
  return accountDb.judge(await accountDb.read(recordingHost({ files }), {}), desired, {});
}

const onlyUid: Desired = { assert: "only_uid_0", names: ["root"] };
const onlyGid: Desired = { assert: "only_gid_0", names: ["root"] };
const onlyPrimary: Desired = { assert: "only_primary_gid_0", names: ["root"], ignore: ["halt"] };
const noLogin: Desired = { assert: "system_accounts_nologin", ignore: ["root", "sync"] };
const shadowEmpty: Desired = { assert: "group_empty", group: "shadow", include_primary: true };

it.each<[string, Desired]>([
  ["passwords shadowed", { assert: "passwords_shadowed" }],
  ["user ids", { assert: "unique", of: "uid" }],
  ["group ids", { assert: "unique", of: "gid" }],
  ["account names", { assert: "unique", of: "user" }],
  ["group names", { assert: "unique", of: "group" }],
  ["groups", { assert: "primary_groups_exist" }],
  ["an empty group", shadowEmpty],
  ["a group that is not there", { assert: "group_empty", group: "gone", include_primary: true }],
  ["uid 0", onlyUid],
  ["gid 0", onlyGid],
  ["primary gid 0", onlyPrimary],
  ["system accounts", noLogin],
])("%s: a sound machine passes", async (_, desired) => {
  expect(await judge(desired)).toMatchObject({ verdict: "pass" });
});

it.each<[string, Desired, { passwd?: string; group?: string; others?: Record<string, string> }, string]>([
  [
    "a hash in passwd",
    { assert: "passwords_shadowed" },
    { passwd: "bob:$6$abc:1001:1000::/:/bin/sh\n" },
    "bob has one in /etc/passwd",
  ],
  [
    "no password",
    { assert: "passwords_shadowed" },
    { passwd: "bob::1001:1000::/:/bin/sh\n" },
    "bob has no password in /etc/passwd",
  ],
  [
    "a user id twice",
    { assert: "unique", of: "uid" },
    { passwd: "bob:x:1000:1000::/:/bin/sh\n" },
    "user id 1000: ann, bob",
  ],
  [
    "a user id twice, spelled otherwise",
    { assert: "unique", of: "uid" },
    { passwd: "bob:x:01000:1000::/:/bin/sh\n" },
    "user id 1000: ann, bob",
  ],
  ["a group id twice", { assert: "unique", of: "gid" }, { group: "bob:x:1000:\n" }, "group id 1000: ann, bob"],
  [
    "a name twice",
    { assert: "unique", of: "user" },
    { passwd: "ann:x:1001:1000::/:/bin/sh\n" },
    "account name ann is there 2 times",
  ],
  [
    "a group name twice",
    { assert: "unique", of: "group" },
    { group: "ann:x:1001:\n" },
    "group name ann is there 2 times",
  ],
  [
    "a lost group",
    { assert: "primary_groups_exist" },
    { passwd: "bob:x:1001:1001::/:/bin/sh\n" },
    "bob has group 1001",
  ],
  [
    "a member",
    { assert: "group_empty", group: "adm", include_primary: true },
    { group: "adm:x:4:ann, bob\n" },
    "ann is a member; bob is a member",
  ],
  ["an owner", shadowEmpty, { passwd: "bob:x:1001:42::/:/bin/sh\n" }, "bob has it as primary group"],
  ["another uid 0", onlyUid, { passwd: "toor:x:0:0::/:/bin/sh\n" }, "toor has it too"],
  ["another gid 0", onlyGid, { group: "wheel:x:0:\n" }, "wheel has it too"],
  [
    "another primary gid 0",
    onlyPrimary,
    { passwd: "halt:x:7:0::/:/bin/sh\nbob:x:1001:0::/:/bin/sh\n" },
    "bob has it too",
  ],
  ["nobody with uid 0", { assert: "only_uid_0", names: ["admin"] }, {}, "root has it too; admin does not have it"],
  ["a system account with a shell", noLogin, { passwd: "app:x:999:1::/:/bin/bash\n" }, "app has /bin/bash"],
  ["a shell by its other path", noLogin, { passwd: "app:x:999:1::/:/usr/bin/bash\n" }, "app has /usr/bin/bash"],
  ["no shell, which is /bin/sh", noLogin, { passwd: "app:x:999:1::/:\n" }, "app has the default shell"],
  ["a larger UID_MIN", noLogin, { others: { "/etc/login.defs": "UID_MIN 2000\n" } }, "ann has /bin/bash"],
  ["nobody with a shell", { ...noLogin, also_uid: [1000] }, {}, "ann has /bin/bash"],
])("%s", async (_, desired, more, actual) => {
  expect(await judge(desired, more)).toMatchObject({ verdict: "fail", actual });
});

it("does not count owners when told so", async () => {
  const more = { passwd: "bob:x:1001:42::/:/bin/sh\n" };
  expect((await judge({ assert: "group_empty", group: "shadow", include_primary: false }, more)).verdict).toBe("pass");
});

it.each([
  ["too few fields", "bob:x:1001:1000:/:/bin/sh"],
  ["too many fields", "bob:x:1001:1000::/:/bin/sh:x"],
  ["no number", "bob:x:one:1000::/:/bin/sh"],
  ["a negative number", "bob:x:-1:1000::/:/bin/sh"],
  ["a number too large", "bob:x:4294967296:1000::/:/bin/sh"],
  ["no name", ":x:1001:1000::/:/bin/sh"],
  ["a name with a space", "b b:x:1001:1000::/:/bin/sh"],
  ["an entry of NIS", "+::::::"],
  ["nonsense", "nonsense"],
])("reports a malformed line and lets nothing pass: %s", async (_, line) => {
  const judgement = await judge({ assert: "unique", of: "gid" }, { passwd: `${line}\n` });
  expect(judgement).toMatchObject({ verdict: "fail", actual: "/etc/passwd:6 is malformed" });
});

it("skips blank lines and comments, and copes with no final line end", async () => {
  expect((await judge(onlyUid, { passwd: "\n# x\nbob:x:1001:1000::/:/bin/sh" })).verdict).toBe("pass");
});

it("names ten at most", async () => {
  const more = Array.from({ length: 12 }, (_, index) => `u${index}:x:0:1::/:/bin/sh\n`).join("");
  expect((await judge(onlyUid, { passwd: more })).actual).toMatch(/u9 has it too and 2 more$/);
});

it("is an error without /etc/passwd", async () => {
  await expect(accountDb.read(recordingHost(), {})).rejects.toThrow("there is no /etc/passwd");
});
