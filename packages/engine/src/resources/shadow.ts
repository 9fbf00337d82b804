import { type Static, type TProperties, Type } from "typebox";
import { Comparison, describe, meets } from "../comparison.ts";
import type { Judgement, Resource } from "../resource.ts";
import { malformedLines } from "./account-db.ts";
import { isLoginShell, type MalformedLine, parsePasswdLine, readAccountFile, readShells } from "./account-files.ts";
import { namedList } from "./named-list.ts";
import { parseShadowLine, type ShadowEntry } from "./shadow-file.ts";

/*
 * shadow: { assert: no_empty_password }
 * shadow: { assert: account_secured, account: root }            it has a password, or none can match
 * shadow: { assert: account_has_password, account: root }       one that is not locked
 * shadow: { assert: no_shell_accounts_locked, ignore: [root] }  an account without a login shell has no usable password
 * shadow: { assert: last_change_not_in_future }                 of accounts with a usable password
 * shadow: { field: max_days, between: [1, 365] }                max_days, min_days, warn_days, inactive_days; of the same
 */
const Target = Type.Object({}, { additionalProperties: false });
const closed = { additionalProperties: false };
const fields = ["max_days", "min_days", "warn_days", "inactive_days"] as const;
type Field = (typeof fields)[number];
const Assertion = Type.Union([
  Type.Object({ assert: Type.Literal("no_empty_password") }, closed),
  Type.Object({ assert: Type.Literal("account_secured"), account: Type.String({ minLength: 1 }) }, closed),
  Type.Object({ assert: Type.Literal("account_has_password"), account: Type.String({ minLength: 1 }) }, closed),
  Type.Object(
    { assert: Type.Literal("no_shell_accounts_locked"), ignore: Type.Optional(Type.Array(Type.String())) },
    closed,
  ),
  Type.Object({ assert: Type.Literal("last_change_not_in_future") }, closed),
]);
type Assertion = Static<typeof Assertion>;
const FieldComparison = Comparison.anyOf.map((member) =>
  Type.Object({ field: Type.Enum(fields), ...(member.properties as TProperties) }, closed),
);
type Desired = Assertion | ({ readonly field: Field } & Comparison);

interface ShadowAccount
  extends Pick<ShadowEntry, "name" | "password" | "maxDays" | "minDays" | "warnDays" | "inactiveDays"> {
  /** Null when /etc/passwd does not have the account. */
  readonly uid: number | null;
  /** Whether its shell is no login shell; false when /etc/passwd does not have the account. */
  readonly nologin: boolean;
  /** Whether the day of the last change is after the day of the reading (UTC). */
  readonly lastChangeInFuture: boolean;
}

interface ShadowState {
  readonly accounts: readonly ShadowAccount[];
  /** Left out when every line is as it should be. */
  readonly malformed?: readonly MalformedLine[];
}

const path = "/etc/shadow";
const dayMs = 86_400_000;

/** The machine's passwords and their ages, never a hash. @see shadow(5) */
export const shadow: Resource<Static<typeof Target>, ShadowState, Desired> = {
  kind: "shadow",
  target: Target,
  desired: Type.Union([...Assertion.anyOf, ...FieldComparison]),
  address: () => "shadow:local",
  async read(host) {
    const { entries, malformed } = await readAccountFile(host, path, parseShadowLine);
    const users = (await readAccountFile(host, "/etc/passwd", parsePasswdLine)).entries;
    const shells = await readShells(host);
    const today = Math.floor(Date.now() / dayMs);
    const accounts = entries.map(({ lastChange, ...entry }) => {
      const user = users.find(({ name }) => name === entry.name);
      return {
        ...entry,
        uid: user?.uid ?? null,
        nologin: user !== undefined && !isLoginShell(user.shell, shells),
        lastChangeInFuture: lastChange !== null && lastChange > today,
      };
    });
    return { accounts, ...(malformed.length === 0 ? {} : { malformed }) };
  },
  judge(state, desired) {
    const { expected, offenders } = assess(state.accounts, desired);
    const reasons = [...malformedLines(state.malformed ?? []), ...offenders];
    return {
      verdict: reasons.length === 0 ? "pass" : "fail",
      expected,
      actual: reasons.length === 0 ? "so it is" : namedList(reasons, "; "),
      source: path,
    };
  },
};

/** What is wanted, and a phrase for each account that breaks it. */
interface Assessment extends Pick<Judgement, "expected"> {
  readonly offenders: readonly string[];
}

function assess(accounts: readonly ShadowAccount[], desired: Desired): Assessment {
  if ("field" in desired) {
    const { field, ...comparison } = desired;
    return assessField(accounts, field, comparison);
  }
  switch (desired.assert) {
    case "no_empty_password":
      return {
        expected: "no account has an empty password",
        offenders: accounts.filter(({ password }) => password === "empty").map(({ name }) => `${name} has one`),
      };
    case "account_secured":
      return assessSecured(accounts, desired.account);
    case "account_has_password": {
      const { account: name } = desired;
      const own = accounts.find((account) => account.name === name);
      return {
        expected: `${name} has a password`,
        offenders: own?.password === "set" ? [] : [`that of ${name} is ${own?.password ?? "not there"}`],
      };
    }
    case "no_shell_accounts_locked": {
      const { ignore = [] } = desired;
      const without = accounts.filter(({ name, nologin }) => nologin && !ignore.includes(name));
      return {
        expected: "every account without a login shell is locked",
        offenders: without.filter(isUsable).map(({ name }) => `${name} is not`),
      };
    }
    case "last_change_not_in_future": {
      const early = accounts.filter((account) => isUsable(account) && account.lastChangeInFuture);
      return {
        expected: "every password was last changed in the past",
        offenders: early.map(({ name }) => `that of ${name} was not`),
      };
    }
  }
}

function assessSecured(accounts: readonly ShadowAccount[], name: string): Assessment {
  const own = accounts.filter((account) => account.name === name);
  const open = own.some(({ password }) => password === "empty");
  return {
    expected: `${name} has a password or is locked`,
    offenders: own.length === 0 ? [`${path} does not have ${name}`] : open ? [`${name} has an empty password`] : [],
  };
}

function assessField(accounts: readonly ShadowAccount[], field: Field, comparison: Comparison): Assessment {
  const offenders = accounts
    .filter(isUsable)
    .map((account) => ({ name: account.name, days: daysOf(account, field) }))
    .filter(({ days }) => !meets(days === null ? null : String(days), comparison))
    .map(({ name, days }) => `${name}: ${days ?? "not set"}`);
  return { expected: `${field} of every account with a password ${describe(comparison)}`, offenders };
}

function daysOf(account: ShadowAccount, field: Field): number | null {
  if (field === "max_days") return account.maxDays;
  if (field === "min_days") return account.minDays;
  return field === "warn_days" ? account.warnDays : account.inactiveDays;
}

/** Whether some password, perhaps the empty one, lets the account in. */
function isUsable({ password }: ShadowAccount): boolean {
  return password === "set" || password === "empty";
}
