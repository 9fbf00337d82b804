import { type Static, Type } from "typebox";
import { readAccountNames } from "../account-names.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";
import { readLoginAccounts } from "./login-accounts.ts";
import { isWithinMode, ModeText, modeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";

/*
 * home_dotfiles: { none_named: [.forward, .rhosts] }
 * home_dotfiles: { mode_max: "0644", modes: { .netrc: "0600", .bash_history: "0600" } }
 * home_dotfiles: { owned_by_user: true, own_group: true }      the user, and the user's primary group
 *
 * Of the regular files whose names start with a dot, directly in the homes of accounts with a login shell. Any of these
 * together; `modes` are for single names, in place of mode_max.
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object(
  {
    none_named: Type.Optional(Type.Array(Type.String({ minLength: 2 }), { minItems: 1 })),
    mode_max: Type.Optional(ModeText),
    modes: Type.Optional(Type.Record(Type.String({ pattern: "^\\." }), ModeText)),
    owned_by_user: Type.Optional(Type.Literal(true)),
    own_group: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false, minProperties: 1 },
);
type Desired = Static<typeof Desired>;

const maxFiles = 1000;

interface DotFile {
  readonly user: string;
  readonly path: string;
  /** Octal, e.g. "0644". */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly ownedByUser: boolean;
  readonly ownGroup: boolean;
}

interface DotFilesState {
  /** By account in the order of /etc/passwd, then by name. */
  readonly files: readonly DotFile[];
  /** Whether there were more than are listed; then nothing passes, it is an error. */
  readonly truncated: boolean;
}

/** The dot files of those who can log in. */
export const homeDotfiles: Resource<Static<typeof Target>, DotFilesState, Desired> = {
  kind: "home_dotfiles",
  target: Target,
  desired: Desired,
  address: () => "home_dotfiles:local",
  async read(host) {
    const names = await readAccountNames(host);
    const files: DotFile[] = [];
    for (const { name: user, uid, gid, home } of await readLoginAccounts(host)) {
      for (const path of await dotPaths(host, home)) {
        const stat = await host.lstat(path);
        if (stat?.type !== "file") continue;
        if (files.length === maxFiles) return { files, truncated: true };
        const [owner, group] = [names.user(stat.uid), names.group(stat.gid)];
        const [ownedByUser, ownGroup] = [stat.uid === uid, stat.gid === gid];
        files.push({ user, path, mode: modeText(stat.mode), owner, group, ownedByUser, ownGroup });
      }
    }
    return { files, truncated: false };
  },
  judge({ files, truncated }, desired) {
    const reasons = files.flatMap((file) => faultsOf(file, desired));
    const unseen = truncated && reasons.length === 0;
    if (truncated) reasons.push(`there are more than ${maxFiles} dot files`);
    return {
      verdict: unseen ? "error" : reasons.length === 0 ? "pass" : "fail",
      expected: `every dot file in a home directory: ${inWords(desired)}`,
      actual: reasons.length === 0 ? "so it is" : namedList(reasons, "; "),
      source: "/etc/passwd",
    };
  },
};

async function dotPaths(host: Host, home: string): Promise<string[]> {
  const names = ((await host.list(home)) ?? []).filter((name) => name.startsWith("."));
  return names.map((name) => `${home === "/" ? "" : home}/${name}`);
}

function faultsOf(file: DotFile, desired: Desired): string[] {
  const { path, user, mode, owner, group } = file;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const {
    none_named: unwanted = [],
    modes = {},
    mode_max: modeMax,
    owned_by_user: owned,
    own_group: grouped,
  } = desired;
  const max = Object.hasOwn(modes, name) ? modes[name] : modeMax;
  return [
    ...(unwanted.includes(name) ? [`${path} is there`] : []),
    ...(max !== undefined && !isWithinMode(mode, max) ? [`${path} is ${mode}`] : []),
    ...(owned === true && !file.ownedByUser ? [`${path} of ${user} belongs to ${owner}`] : []),
    ...(grouped === true && !file.ownGroup ? [`${path} of ${user} has group ${group}`] : []),
  ];
}

function inWords({
  none_named: unwanted,
  modes,
  mode_max: modeMax,
  owned_by_user: owned,
  own_group: grouped,
}: Desired): string {
  return [
    ...(unwanted === undefined ? [] : [`none named ${unwanted.join(" or ")}`]),
    ...(modeMax === undefined ? [] : [`${modeMax} or stricter`]),
    ...Object.entries(modes ?? {}).map(([name, mode]) => `${name} ${mode} or stricter`),
    ...(owned === true ? ["owned by its user"] : []),
    ...(grouped === true ? ["of its user's group"] : []),
  ].join(", ");
}
