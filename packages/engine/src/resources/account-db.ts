import { type Static, Type } from "typebox";
import type { Judgement, Resource } from "../resource.ts";
import {
  type GroupEntry,
  isLoginShell,
  type MalformedLine,
  type PasswdEntry,
  parseGroupLine,
  parsePasswdLine,
  readAccountFile,
  readShells,
} from "./account-files.ts";
import { readLoginDefs } from "./login-defs.ts";
import { namedList } from "./named-list.ts";

/*
 * account_db: { assert: passwords_shadowed }
 * account_db: { assert: unique, of: uid }                  uid, gid, user, group
 * account_db: { assert: primary_groups_exist }
 * account_db: { assert: group_empty, group: shadow, include_primary: true }
 * account_db: { assert: only_uid_0, names: [root] }
 * account_db: { assert: only_primary_gid_0, names: [root], ignore: [sync, shutdown, halt, operator] }
 * account_db: { assert: only_gid_0, names: [root] }        groups
 * account_db: { assert: system_accounts_nologin, ignore: [root, halt, sync, shutdown], also_uid: [65534] }
 *
 * `names` are those that may, of which at least one must. A system account is one below UID_MIN of login.defs, or with
 * a user id of `also_uid` (default 65534).
 */
const Target = Type.Object({}, { additionalProperties: false });
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const closed = { additionalProperties: false };
const Desired = Type.Union([
  Type.Object({ assert: Type.Literal("passwords_shadowed") }, closed),
  Type.Object({ assert: Type.Literal("unique"), of: Type.Enum(["uid", "gid", "user", "group"] as const) }, closed),
  Type.Object({ assert: Type.Literal("primary_groups_exist") }, closed),
  Type.Object(
    {
      assert: Type.Literal("group_empty"),
      group: Type.String({ minLength: 1 }),
      include_primary: Type.Optional(Type.Boolean()),
    },
    closed,
  ),
  Type.Object({ assert: Type.Literal("only_uid_0"), names: Names }, closed),
  Type.Object({ assert: Type.Literal("only_primary_gid_0"), names: Names, ignore: Type.Optional(Names) }, closed),
  Type.Object({ assert: Type.Literal("only_gid_0"), names: Names }, closed),
  Type.Object(
    {
      assert: Type.Literal("system_accounts_nologin"),
      ignore: Type.Optional(Names),
      also_uid: Type.Optional(Type.Array(Type.Integer({ minimum: 0 }))),
    },
    closed,
  ),
]);
type Desired = Static<typeof Desired>;

interface AccountDbState {
  readonly users: readonly PasswdEntry[];
  readonly groups: readonly GroupEntry[];
  /** Of /etc/shells. */
  readonly shells: readonly string[];
  /** The smallest user id of a person, from login.defs(5). */
  readonly uidMin: number;
  /** Left out when every line is as it should be. */
  readonly malformed?: readonly MalformedLine[];
}

/** The machine's own accounts and groups. @see passwd(5), group(5), shells(5), login.defs(5) */
export const accountDb: Resource<Static<typeof Target>, AccountDbState, Desired> = {
  kind: "account_db",
  target: Target,
  desired: Desired,
  address: () => "account_db:local",
  async read(host) {
    const users = await readAccountFile(host, "/etc/passwd", parsePasswdLine);
    const groups = await readAccountFile(host, "/etc/group", parseGroupLine);
    const malformed = [...users.malformed, ...groups.malformed];
    const uidMin = (await readLoginDefs(host)).get("UID_MIN")?.value ?? "";
    return {
      users: users.entries,
      groups: groups.entries,
      shells: await readShells(host),
      uidMin: /^\d{1,10}$/.test(uidMin) ? Number(uidMin) : 1000,
      ...(malformed.length === 0 ? {} : { malformed }),
    };
  },
  judge(state, desired) {
    const { expected, offenders, source } = assess(state, desired);
    const reasons = [...malformedLines(state.malformed ?? []), ...offenders];
    return reasons.length === 0
      ? { verdict: "pass", expected, actual: "so it is", source }
      : { verdict: "fail", expected, actual: namedList(reasons, "; "), source };
  },
};

/** A line nobody can read may hide anything, so that no assertion holds while there is one. */
export function malformedLines(malformed: readonly MalformedLine[]): string[] {
  return malformed.map(({ file, line }) => `${file}:${line} is malformed`);
}

/** What is asserted, and a phrase for each account or group that breaks it. */
interface Assessment {
  readonly expected: string;
  readonly offenders: readonly string[];
  readonly source: Judgement["source"];
}

const passwd = "/etc/passwd";
const group = "/etc/group";

function assess(state: AccountDbState, desired: Desired): Assessment {
  const { users, groups } = state;
  switch (desired.assert) {
    case "passwords_shadowed":
      return {
        expected: "every account has its password in /etc/shadow",
        offenders: users
          .filter((user) => user.passwordField !== "x")
          .map((user) => `${user.name} has ${user.passwordField === "empty" ? "no password" : "one"} in ${passwd}`),
        source: passwd,
      };
    case "unique":
      return assessUnique(state, desired.of);
    case "primary_groups_exist": {
      const gids = new Set(groups.map(({ gid }) => gid));
      const lost = users.filter((user) => !gids.has(user.gid));
      return {
        expected: "every account's group exists",
        offenders: lost.map((user) => `${user.name} has group ${user.gid}`),
        source: group,
      };
    }
    case "group_empty":
      return assessGroupEmpty(state, desired.group, desired.include_primary ?? true);
    case "only_uid_0":
      return assessOnlyZero(
        "user id 0",
        desired.names,
        [],
        users.map(({ name, uid }) => [name, uid]),
        passwd,
      );
    case "only_primary_gid_0": {
      const owned = users.map(({ name, gid }): NamedId => [name, gid]);
      return assessOnlyZero("group id 0 as primary group", desired.names, desired.ignore ?? [], owned, passwd);
    }
    case "only_gid_0":
      return assessOnlyZero(
        "group id 0",
        desired.names,
        [],
        groups.map(({ name, gid }) => [name, gid]),
        group,
      );
    case "system_accounts_nologin":
      return assessNoLogin(state, desired.ignore ?? [], desired.also_uid ?? [65534]);
  }
}

type NamedId = readonly [name: string, id: number];

function assessUnique({ users, groups }: AccountDbState, of: "uid" | "gid" | "user" | "group"): Assessment {
  const byKey = new Map<string, string[]>();
  const entries =
    of === "uid" || of === "user"
      ? users.map(({ name, uid }): NamedId => [name, uid])
      : groups.map(({ name, gid }): NamedId => [name, gid]);
  const byNumber = of === "uid" || of === "gid";
  for (const [name, id] of entries) {
    const key = byNumber ? String(id) : name;
    byKey.set(key, [...(byKey.get(key) ?? []), name]);
  }
  const doubled = [...byKey].filter(([, names]) => names.length > 1);
  const kind = { uid: "user id", gid: "group id", user: "account name", group: "group name" }[of];
  return {
    expected: `every ${kind} is used once`,
    offenders: doubled.map(([key, names]) =>
      byNumber ? `${kind} ${key}: ${namedList(names)}` : `${kind} ${key} is there ${names.length} times`,
    ),
    source: of === "uid" || of === "user" ? passwd : group,
  };
}

function assessGroupEmpty({ users, groups }: AccountDbState, name: string, includePrimary: boolean): Assessment {
  const entries = groups.filter((entry) => entry.name === name);
  const gids = new Set(entries.map(({ gid }) => gid));
  const members = new Set(entries.flatMap((entry) => entry.members));
  const owners = includePrimary ? users.filter((user) => gids.has(user.gid)).map((user) => user.name) : [];
  return {
    expected: `nobody is in group ${name}`,
    offenders: [
      ...[...members].map((member) => `${member} is a member`),
      ...owners.map((owner) => `${owner} has it as primary group`),
    ],
    source: group,
  };
}

function assessOnlyZero(
  what: string,
  names: readonly string[],
  ignore: readonly string[],
  entries: readonly NamedId[],
  source: string,
): Assessment {
  const zero = entries.filter(([, id]) => id === 0).map(([name]) => name);
  const others = zero.filter((name) => !names.includes(name) && !ignore.includes(name));
  const nobody = zero.some((name) => names.includes(name)) ? [] : [`${names.join(" or ")} does not have it`];
  return {
    expected: `only ${names.join(", ")} ${names.length === 1 ? "has" : "have"} ${what}`,
    offenders: [...others.map((name) => `${name} has it too`), ...nobody],
    source,
  };
}

function assessNoLogin(state: AccountDbState, ignore: readonly string[], alsoUid: readonly number[]): Assessment {
  const system = state.users.filter(({ uid }) => uid < state.uidMin || alsoUid.includes(uid));
  const offenders = system.filter(({ name, shell }) => !ignore.includes(name) && isLoginShell(shell, state.shells));
  return {
    expected: `no system account (user id below ${state.uidMin}) has a login shell`,
    offenders: offenders.map(({ name, shell }) => `${name} has ${shell === "" ? "the default shell" : shell}`),
    source: passwd,
  };
}
