import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { findings, type SurveyedFile, surveyFiles, surveyTimeoutMs } from "./file-survey.ts";
import { namedList } from "./named-list.ts";

/*
 * fs_walk: { find: world_writable_file, at_most: 0 }
 * fs_walk: { find: world_writable_directory, at_most: 0 }    those with the sticky bit do not count
 * fs_walk: { find: unknown_owner, at_most: 0 }               and unknown_group: a number that no account has
 * fs_walk: { find: setuid_or_setgid, review: true }          a person looks at the list
 *
 * All kinds of `find` share one walk over the local file systems.
 */
const Target = Type.Object({ find: Type.Enum(findings) }, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ at_most: Type.Integer({ minimum: 0 }) }, { additionalProperties: false }),
  Type.Object({ review: Type.Literal(true) }, { additionalProperties: false }),
]);
type Target = Static<typeof Target>;

interface FsWalkState {
  readonly total: number;
  /** Sorted by path, at most 1,000. */
  readonly files: readonly SurveyedFile[];
  /** What could not be looked at, at most 20 paths; left out when everything could. */
  readonly unreadable?: { readonly total: number; readonly paths: readonly string[] };
}

/** Files and directories of the local file systems with something about them; see Host.walk for which are local. */
export const fsWalk: Resource<Target, FsWalkState, Static<typeof Desired>> = {
  kind: "fs_walk",
  target: Target,
  desired: Desired,
  readTimeoutMs: surveyTimeoutMs,
  address: ({ find }) => `fs_walk:${find}`,
  async read(host, { find }) {
    const { found, unreadable } = await surveyFiles(host);
    return { ...found[find], ...(unreadable.total === 0 ? {} : { unreadable }) };
  },
  judge({ total, files, unreadable }, desired, { find }) {
    const what = wordsFor[find];
    const list = total === 0 ? `no ${what}` : `${total} ${what}: ${namedList(files.map(shown))}`;
    if ("review" in desired)
      return { verdict: "manual", expected: `a person finds all ${what} to be wanted`, actual: list, source: null };
    const expected = desired.at_most === 0 ? `no ${what}` : `at most ${desired.at_most} ${what}`;
    if (total > desired.at_most) return { verdict: "fail", expected, actual: list, source: files[0]?.path ?? null };
    if (unreadable !== undefined) {
      const reason = `${list}, but ${unreadable.total} paths cannot be read: ${namedList(unreadable.paths)}`;
      return { verdict: "error", expected, actual: reason, source: null };
    }
    return { verdict: "pass", expected, actual: list, source: null };
  },
};

const wordsFor: Readonly<Record<Target["find"], string>> = {
  world_writable_file: "files that anybody may change",
  world_writable_directory: "directories that anybody may change without the sticky bit",
  unknown_owner: "files of an owner without an account",
  unknown_group: "files of a group that does not exist",
  setuid_or_setgid: "setuid or setgid files",
};

function shown({ path, mode, owner, group }: SurveyedFile): string {
  return `${path} (${mode} ${owner}:${group})`;
}
