import { type Static, Type } from "typebox";
import { readAccountNames } from "../account-names.ts";
import type { FileStat } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readLoginAccounts } from "./login-accounts.ts";
import { isWithinMode, ModeText, modeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";

/*
 * home_dirs: { exist: true }            every account with a login shell has its home directory
 * home_dirs: { owned_by_user: true }    and owns it
 * home_dirs: { mode_max: "0750" }       and nobody else gets further than this
 *
 * Each judges the homes that are there; any of them together.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object(
  {
    exist: Type.Optional(Type.Literal(true)),
    owned_by_user: Type.Optional(Type.Literal(true)),
    mode_max: Type.Optional(ModeText),
  },
  { additionalProperties: false, minProperties: 1 },
);

interface HomeDirectory {
  readonly user: string;
  readonly path: string;
  /** What is there, links followed; null when nothing is. */
  readonly type: FileStat["type"] | null;
  /** Octal, e.g. "0750"; null when nothing is there. */
  readonly mode: string | null;
  readonly owner: string | null;
  readonly ownedByUser: boolean;
}

interface HomeDirsState {
  /** Of the accounts with a login shell, in the order of /etc/passwd. */
  readonly homes: readonly HomeDirectory[];
}

/** The home directories of those who can log in. @see passwd(5) */
export const homeDirs: Resource<Static<typeof Target>, HomeDirsState, Static<typeof Desired>> = {
  kind: "home_dirs",
  target: Target,
  desired: Desired,
  address: () => "home_dirs:local",
  async read(host) {
    const accounts = await readLoginAccounts(host);
    const names = await readAccountNames(host);
    const homes = await Promise.all(
      accounts.map(async ({ name, uid, home }) => {
        const stat = await host.stat(home);
        return {
          user: name,
          path: home,
          type: stat?.type ?? null,
          mode: stat === null ? null : modeText(stat.mode),
          owner: stat === null ? null : names.user(stat.uid),
          ownedByUser: stat?.uid === uid,
        };
      }),
    );
    return { homes };
  },
  judge({ homes }, { exist, owned_by_user: owned, mode_max: modeMax }) {
    const expected = [
      ...(exist === true ? ["there"] : []),
      ...(owned === true ? ["owned by its user"] : []),
      ...(modeMax === undefined ? [] : [`${modeMax} or stricter`]),
    ];
    const reasons = homes.flatMap(({ user, path, type, mode, owner, ownedByUser }) => {
      if (type !== "directory")
        return exist === true ? [`${path} of ${user} is ${type === null ? "missing" : `a ${type}`}`] : [];
      return [
        ...(owned === true && !ownedByUser ? [`${path} of ${user} belongs to ${owner}`] : []),
        ...(modeMax !== undefined && mode !== null && !isWithinMode(mode, modeMax) ? [`${path} is ${mode}`] : []),
      ];
    });
    return {
      verdict: reasons.length === 0 ? "pass" : "fail",
      expected: `every home directory is ${expected.join(", ")}`,
      actual: reasons.length === 0 ? "so it is" : namedList(reasons, "; "),
      source: "/etc/passwd",
    };
  },
};
