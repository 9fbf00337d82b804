import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, textsOf } from "./candidate.ts";
import { candidateValues } from "./candidate-values.ts";

const root = { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/bash", passwordField: "x" };
const daemon = { name: "daemon", uid: 1, gid: 1, home: "/usr/sbin", shell: "/usr/sbin/nologin", passwordField: "x" };
const alice = { name: "alice", uid: 1000, gid: 1000, home: "/home/alice", shell: "/bin/bash", passwordField: "x" };

export const accountDbCandidates: Candidates = (desired) => {
  const group = (name: string, gid: number, members: readonly string[] = []): Json => ({ name, gid, members });
  const asked = textsOf(desired["group"]).map((name, index) => group(name, 42 + index));
  const groups = [group("root", 0), group("daemon", 1), group("alice", 1000), ...asked];
  const users = [root, daemon, alice];
  const state = (differences: Members): Json => ({
    users,
    groups,
    shells: ["/bin/bash", "/bin/sh"],
    uidMin: 1000,
    ...differences,
  });
  const changed = (name: string, differences: Members): Candidate => ({ name, state: state(differences) });
  const ignored = textsOf(desired["ignore"]).filter((name) => name !== "root");
  const named = [...textsOf(desired["names"]), ...textsOf(desired["ignore"])].filter((name) => name !== "root");
  const allowed = (assertion: string, what: string, differences: (name: string) => Members): Candidate[] =>
    desired["assert"] === assertion ? named.map((name) => changed(`${name} ${what}`, differences(name))) : [];
  const alsoUids = Array.isArray(desired["also_uid"]) ? desired["also_uid"].map(Number) : [];
  const groupName = textsOf(desired["group"])[0] ?? "shadow";
  return [
    changed("nothing wrong", {}),
    changed("a user's password is not in the shadow file", {
      users: [root, daemon, { ...alice, passwordField: "other" }],
    }),
    changed("a user has an empty password field", { users: [root, daemon, { ...alice, passwordField: "empty" }] }),
    changed("two users have one id", { users: [...users, { ...alice, name: "bob" }] }),
    changed("a user name is there twice", { users: [...users, { ...alice, uid: 1001 }] }),
    changed("two groups have one id", { groups: [...groups, group("staff", 1000)] }),
    changed("a group name is there twice", { groups: [...groups, group("alice", 1001)] }),
    changed("a user's group does not exist", { users: [...users, { ...alice, name: "bob", uid: 1001, gid: 4711 }] }),
    changed(`a user is a member of ${groupName}`, {
      groups: [...groups.filter((_, index) => index < 3), group(groupName, 42, ["alice"])],
    }),
    changed(`${groupName} is a user's primary group`, { users: [root, daemon, { ...alice, gid: 42 }] }),
    changed("a second user has the id 0", { users: [...users, { ...alice, name: "toor", uid: 0 }] }),
    changed("a user's primary group is root's", { users: [root, daemon, { ...alice, gid: 0 }] }),
    changed("a second group has the id 0", { groups: [...groups, group("wheel", 0)] }),
    changed("a system account has a login shell", { users: [root, { ...daemon, shell: "/bin/bash" }, alice] }),
    changed("no root account", { users: [daemon, alice] }),
    ...allowed("only_uid_0", "has the id 0", (name) => ({ users: [...users, { ...daemon, name, uid: 0, gid: 5 }] })),
    ...allowed("only_primary_gid_0", "has root's primary group", (name) => ({
      users: [...users, { ...daemon, name, uid: 5, gid: 0 }],
    })),
    ...allowed("only_gid_0", "is a second group with the id 0", (name) => ({ groups: [...groups, group(name, 0)] })),
    ...ignored.map((name) =>
      changed(`${name} has a login shell`, { users: [...users, { ...daemon, name, uid: 5, shell: "/bin/sh" }] }),
    ),
    ...alsoUids.flatMap((uid) =>
      [uid, uid + 1, uid - 1].map((id) =>
        changed(`the account with the id ${id} has a login shell`, {
          users: [...users, { ...alice, name: `account-${id}`, uid: id, shell: "/bin/sh" }],
        }),
      ),
    ),
    changed("a line is not understood", { malformed: [{ file: "/etc/passwd", line: 3 }] }),
  ];
};

export const shadowCandidates: Candidates = (desired) => {
  const account = (name: string, uid: number, differences: Members = {}): Json => ({
    name,
    uid,
    password: "set",
    nologin: false,
    lastChangeInFuture: false,
    maxDays: 365,
    minDays: 1,
    warnDays: 7,
    inactiveDays: 45,
    ...differences,
  });
  const daemon = account("daemon", 1, {
    password: "locked",
    nologin: true,
    maxDays: null,
    minDays: null,
    warnDays: null,
    inactiveDays: null,
  });
  const state = (...accounts: Json[]): Json => ({ accounts: [account("root", 0), daemon, ...accounts] });
  const field = typeof desired["field"] === "string" ? desired["field"] : null;
  const member = field?.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (member !== undefined) {
    const { meeting, failing } = candidateValues(desired);
    const number = (value: string | null): Json =>
      value === null || Number.isNaN(Number(value)) ? null : Number(value);
    const all = (value: string | null): Json => ({
      accounts: [
        account("root", 0, { [member]: number(meeting[0]?.value ?? null) }),
        daemon,
        account("alice", 1000, { [member]: number(value) }),
      ],
    });
    return [...meeting, ...failing].map(({ name, value }) => ({ name: `${name} for one account`, state: all(value) }));
  }
  const wanted = textsOf(desired["account"])[0] ?? "root";
  const of = (differences: Members): Json => ({ accounts: [account(wanted, 0, differences), daemon] });
  return [
    { name: "nothing wrong", state: state(account("alice", 1000)) },
    { name: `${wanted} is locked`, state: of({ password: "locked" }) },
    { name: `${wanted} has an empty password`, state: of({ password: "empty" }) },
    { name: `${wanted} has no password entry`, state: of({ password: "none" }) },
    { name: `no account ${wanted}`, state: { accounts: [daemon] } },
    { name: "a user has an empty password", state: state(account("alice", 1000, { password: "empty" })) },
    { name: "an account without a shell is not locked", state: state(account("games", 5, { nologin: true })) },
    {
      name: "a password was last changed in the future",
      state: state(account("alice", 1000, { lastChangeInFuture: true })),
    },
    ...textsOf(desired["ignore"]).map((name) => ({
      name: `${name} has no shell and is not locked`,
      state: { accounts: [account(name, 0, { nologin: true }), daemon] },
    })),
  ];
};
