import { type Static, Type } from "typebox";
import type { Resource } from "../resource.ts";
import { readDconfProfile } from "./dconf-databases.ts";
import { namedList } from "./named-list.ts";

/*
 * dconf_lock: { profile: user, keys: [/org/gnome/desktop/session/idle-delay] }
 *
 * Users cannot change the keys: each is locked in a system database of the profile that is compiled.
 *
 * State: { writable: boolean, locks: [{ key, source }], stale: [database…] }, locks sorted by key
 */
const Target = Type.Object({ profile: Type.Enum(["user", "gdm"] as const) }, { additionalProperties: false });
const Desired = Type.Object(
  { keys: Type.Array(Type.String({ pattern: "^(/[A-Za-z0-9-]+)+$" }), { minItems: 1 }) },
  { additionalProperties: false },
);

interface DconfLockState {
  /** Whether the profile has a database of the user's own, so that a lock is needed at all. */
  readonly writable: boolean;
  readonly locks: readonly { readonly key: string; readonly source: string }[];
  readonly stale: readonly string[];
}

const maxLocks = 1000;

/** Keys of the GNOME desktop that users cannot change. @see dconf(7), "LOCKS" */
export const dconfLock: Resource<Static<typeof Target>, DconfLockState, Static<typeof Desired>> = {
  kind: "dconf_lock",
  target: Target,
  desired: Desired,
  address: ({ profile }) => `dconf_lock:${profile}`,
  async read(host, { profile }) {
    const { isWritable, databases } = await readDconfProfile(host, profile);
    const locks = new Map(databases.flatMap((database) => [...database.locks]));
    const sorted = [...locks].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, maxLocks);
    return {
      writable: isWritable,
      locks: sorted.map(([key, source]) => ({ key, source })),
      stale: databases.filter(({ isStale }) => isStale).map(({ name }) => name),
    };
  },
  judge({ writable, locks, stale }, { keys }) {
    const expected = `locked: ${keys.join(", ")}`;
    if (!writable) return { verdict: "pass", expected, actual: "users can change no key at all", source: null };
    const found = keys.map((key) => locks.find((lock) => lock.key === key));
    const missing = keys.filter((_, index) => found[index] === undefined);
    const source = found.find((lock) => lock !== undefined)?.source ?? null;
    if (missing.length > 0) return { verdict: "fail", expected, actual: `not locked: ${namedList(missing)}`, source };
    if (stale.length > 0)
      return { verdict: "fail", expected, actual: `not compiled, run dconf update: ${stale.join(", ")}`, source };
    return { verdict: "pass", expected, actual: "all of them are locked", source };
  },
};
