import { type Static, Type } from "typebox";
import { Comparison, describe, meets } from "../comparison.ts";
import type { Resource } from "../resource.ts";
import { readDconfProfile } from "./dconf-databases.ts";
import { parseDconfValue } from "./dconf-value.ts";

/*
 * dconf: { profile: user, key: /org/gnome/desktop/session/idle-delay, type: uint32, between: [1, 900] }
 *
 * The value that the system's databases give a key, in the profile of users' sessions or of the login screen. What a user
 * has chosen is not looked at: see dconf_lock. A value of another type than the key's is not used by any program, so it
 * fails, and so does a database that "dconf update" has not been run for.
 *
 * State: { value: "900" | null, type: "uint32" | null, source: "/etc/dconf/db/local.d/00-x:2" | null, stale: [database…] }
 */
const KeyPath = Type.String({ pattern: "^(/[A-Za-z0-9-]+)+$" });
const Target = Type.Object(
  {
    profile: Type.Enum(["user", "gdm"] as const),
    key: KeyPath,
    /** The type that the key's schema has. */
    type: Type.Enum(["boolean", "uint32", "int32", "string"] as const),
  },
  { additionalProperties: false },
);

interface DconfState {
  /** Texts without their quotes; null when no database has the key. */
  readonly value: string | null;
  readonly type: string | null;
  readonly source: string | null;
  /** Databases of the profile whose keyfiles are newer than what was compiled of them. */
  readonly stale: readonly string[];
}

/** A key of the GNOME desktop in the system's databases. @see dconf(7) */
export const dconf: Resource<Static<typeof Target>, DconfState, Comparison> = {
  kind: "dconf",
  target: Target,
  desired: Comparison,
  address: ({ profile, key }) => `dconf:${profile}:${key}`,
  async read(host, { profile, key }) {
    const { databases } = await readDconfProfile(host, profile);
    // A lock takes what stands above it out of force, so the last database that locks the key is the first that counts.
    const locking = databases.findLastIndex(({ locks }) => locks.has(key));
    const found = databases
      .slice(Math.max(locking, 0))
      .find(({ keys }) => keys.has(key))
      ?.keys.get(key);
    const stale = databases.filter(({ isStale }) => isStale).map(({ name }) => name);
    if (found === undefined) return { value: null, type: null, source: null, stale };
    const { value, type } = parseDconfValue(found.text);
    return { value: value.slice(0, 2000), type, source: found.source, stale };
  },
  judge({ value, type, source, stale }, desired, { key, type: wantedType }) {
    const name = key.slice(key.lastIndexOf("/") + 1);
    const expected = `${name} ${describe(desired)} (${wantedType})`;
    const found = { expected, source };
    if (value !== null && type !== wantedType)
      return { verdict: "fail", ...found, actual: `${name} is ${value} of type ${type}, and not used for that` };
    if (stale.length > 0)
      return { verdict: "fail", ...found, actual: `not compiled, run dconf update: ${stale.join(", ")}` };
    const actual = value === null ? `${name} is not set` : `${name} is ${value === "" ? "empty" : value}`;
    return { verdict: meets(value, desired) ? "pass" : "fail", ...found, actual };
  },
};
