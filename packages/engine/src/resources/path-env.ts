import { type Static, Type } from "typebox";
import { readAccountNames } from "../account-names.ts";
import type { Resource } from "../resource.ts";
import { parsePasswdLine, readAccountFile } from "./account-files.ts";
import { isWithinMode, modeText } from "./mode-bits.ts";
import { namedList } from "./named-list.ts";
import { readRootPath } from "./root-path.ts";

/*
 * path_env: { user: root, mode_max: "0755", owner: [root] }
 *
 * Every entry of root's search path is an absolute path of a directory with this owner and at most these bits. Where the
 * path is also set to what only a shell can work out, a person has to look.
 *
 * State: { entries: [{ directory, type, mode, owner, source }], unresolved: [source…] }
 */
const Target = Type.Object({ user: Type.Literal("root") }, { additionalProperties: false });
const Desired = Type.Object(
  {
    mode_max: Type.String({ pattern: "^[0-7]{4}$" }),
    owner: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
  },
  { additionalProperties: false },
);

interface PathEntryState {
  /** May be empty, which means the current directory. */
  readonly directory: string;
  /** Links followed; null when nothing is there. */
  readonly type: string | null;
  readonly mode: string | null;
  readonly owner: string | null;
  readonly source: string;
}

interface PathEnvState {
  readonly entries: readonly PathEntryState[];
  /** Where it is set to what is not known. */
  readonly unresolved: readonly string[];
}

/** The directories that a shell of root's looks for programs in. @see environ(7), login.defs(5) */
export const pathEnv: Resource<Static<typeof Target>, PathEnvState, Static<typeof Desired>> = {
  kind: "path_env",
  target: Target,
  desired: Desired,
  address: ({ user }) => `path_env:${user}`,
  async read(host, { user }) {
    const { entries: accounts } = await readAccountFile(host, "/etc/passwd", parsePasswdLine);
    const home = accounts.find(({ name }) => name === user)?.home ?? "/root";
    const { entries, unresolved } = await readRootPath(host, home);
    const names = await readAccountNames(host);
    const states = entries.map(async ({ directory, source }): Promise<PathEntryState> => {
      const stat = directory.startsWith("/") ? await host.stat(directory) : null;
      if (stat === null) return { directory, type: null, mode: null, owner: null, source };
      return { directory, type: stat.type, mode: modeText(stat.mode), owner: names.user(stat.uid), source };
    });
    return { entries: await Promise.all(states), unresolved };
  },
  judge({ entries, unresolved }, { mode_max: max, owner }, { user }) {
    const expected = `${user}'s PATH holds only directories of ${owner.join(" or ")} with mode ${max} or stricter`;
    const faults = entries.flatMap((entry) => {
      const fault = faultOf(entry, max, owner);
      return fault === null ? [] : [{ text: `${entry.directory || "(empty)"} ${fault}`, source: entry.source }];
    });
    if (faults[0] !== undefined)
      return { verdict: "fail", expected, actual: namedList(faults.map(({ text }) => text)), source: faults[0].source };
    if (unresolved[0] !== undefined) {
      const actual = `It is also set in a way that only a shell can work out: ${namedList(unresolved)}. Is that all right?`;
      return { verdict: "manual", expected, actual, source: unresolved[0] };
    }
    return {
      verdict: "pass",
      expected,
      actual: entries.map(({ directory }) => directory).join(":"),
      source: entries[0]?.source ?? null,
    };
  },
};

function faultOf(
  { directory, type, mode, owner }: PathEntryState,
  max: string,
  owners: readonly string[],
): string | null {
  if (directory === "" || directory === ".") return "is the current directory";
  if (!directory.startsWith("/")) return "is not an absolute path";
  if (type === null || mode === null || owner === null) return "does not exist";
  if (type !== "directory") return "is no directory";
  if (!owners.includes(owner)) return `belongs to ${owner}`;
  return isWithinMode(mode, max) ? null : `has mode ${mode}`;
}
