import type { Json } from "@holdfast/contracts/json";
import { type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";
import { candidateValues } from "./candidate-values.ts";
import { widerModes } from "./modes.ts";

export const apparmorCandidates: Candidates = ({ modes, unconfined_max: most }) => {
  const allowed = textsOf(modes);
  const good = allowed[0] ?? "enforce";
  const bad = ["complain", "unconfined", "enforce"].find((mode) => !allowed.includes(mode)) ?? "prompt";
  const profiles = (...all: string[]): Json => all.map((mode, index) => ({ name: `profile-${index + 1}`, mode }));
  const onDisk = (...all: string[]): Json =>
    all.map((mode, index) => ({
      name: `profile-${index + 1}`,
      mode,
      source: `/etc/apparmor.d/profile-${index + 1}:5`,
    }));
  const state = (loaded: Json, unconfined: number, disk = onDisk(good)): Json => ({
    profiles: loaded,
    unconfined: Array.from({ length: unconfined }, (_, index) => ({
      program: `/usr/sbin/program-${index + 1}`,
      profile: "profile-1",
    })),
    onDisk: disk,
  });
  const max = typeof most === "number" ? most : 0;
  return [
    { name: "every profile in an allowed mode", state: state(profiles(...allowed), max) },
    { name: "one program too many runs unconfined", state: state(profiles(good), max + 1) },
    { name: `a profile in mode ${bad}`, state: state(profiles(good, bad), 0), isHard: true },
    { name: "AppArmor is off in the kernel", state: { profiles: null, onDisk: onDisk(good) }, isHard: true },
    { name: "no profile is loaded", state: state([], 0) },
    { name: "right on an image", state: { onDisk: onDisk(...allowed) }, isHard: true },
    { name: `a profile in mode ${bad} on an image`, state: { onDisk: onDisk(good, bad) } },
  ];
};

export const dconfCandidates: Candidates = (desired, { target }) => {
  const { type, key } = membersOf(target);
  const { meeting, failing } = candidateValues(desired);
  const source = `/etc/dconf/db/local.d/00-${String(key).split("/").at(-1)}:2`;
  const state = (value: string | null, differences: Members = {}): Json => ({
    value,
    type: value === null ? null : (type ?? null),
    source: value === null ? null : source,
    stale: [],
    ...differences,
  });
  const good = meeting[0]?.value ?? null;
  return [
    ...meeting.map(({ name, value }) => ({ name, state: state(value) })),
    { name: "right, but never compiled", state: state(good, { stale: ["system-db:local"] }), isHard: true },
    { name: "right, but of another type", state: state(good, { type: "other" }), isHard: true },
    ...failing.map(({ name, value }) => ({ name, state: state(value) })),
  ];
};

export const dconfLockCandidates: Candidates = ({ keys }) => {
  const all = textsOf(keys);
  const state = (locked: readonly string[], differences: Members = {}): Json => ({
    writable: true,
    locks: locked.map((key, index) => ({ key, source: `/etc/dconf/db/local.d/locks/site:${index + 1}` })),
    stale: [],
    ...differences,
  });
  return [
    { name: "all of them locked", state: state(all) },
    ...all.map((key) => ({ name: `${key} is not locked`, state: state(all.filter((other) => other !== key)) })),
    { name: "no locks", state: state([]) },
    { name: "locked, but never compiled", state: state(all, { stale: ["system-db:local"] }), isHard: true },
    { name: "users have no database of their own", state: state([], { writable: false }) },
  ];
};

export const grubPasswordCandidates: Candidates = () => {
  const menu = (differences: Members = {}): Json => ({
    path: "/boot/grub/grub.cfg",
    superusers: ["boss"],
    hashed: ["boss"],
    plain: [],
    ...differences,
  });
  return [
    { name: "a superuser with a hash", state: { menus: [menu()] } },
    { name: "no superuser", state: { menus: [menu({ superusers: [] })] } },
    { name: "a superuser without a hash", state: { menus: [menu({ hashed: [] })] }, isHard: true },
    {
      name: "a second menu is open",
      state: { menus: [menu(), menu({ path: "/boot/grub2/grub.cfg", superusers: [] })] },
    },
    { name: "no menu", state: { menus: [] } },
  ];
};

/** Kinds whose state is a number of things that may not be many. @param names what they are. */
export function countCandidates(member: string, extra: Members, list: string, names: string): Candidates {
  return (desired) => {
    const most = typeof desired[member] === "number" ? desired[member] : 0;
    const state = (count: number): Json => ({
      ...extra,
      count,
      [list]: Array.from({ length: count }, (_, index) => `${names}-${index + 1}`),
    });
    return [most, 0, most + 1].map((count) => ({ name: count === 0 ? "none" : String(count), state: state(count) }));
  };
}

export const pathEnvCandidates: Candidates = ({ mode_max: max, owner }) => {
  const mode = typeof max === "string" ? max : "0755";
  const owners = textsOf(owner);
  const entry = (differences: Members = {}): Json => ({
    directory: "/usr/local/bin",
    type: "directory",
    mode,
    owner: owners[0] ?? "root",
    source: "/etc/profile:5",
    ...differences,
  });
  const state = (differences: Members = {}, unresolved: Json = []): Json => ({
    entries: [entry({ directory: "/usr/bin" }), entry(differences)],
    unresolved,
  });
  const nothing = { type: null, mode: null, owner: null };
  return [
    { name: "every directory as it should be", state: state() },
    { name: "a directory belongs to somebody else", state: state({ owner: "alice" }), isHard: true },
    { name: "an empty entry", state: state({ directory: "", ...nothing }) },
    { name: "the current directory", state: state({ directory: ".", ...nothing }) },
    { name: "a directory that does not exist", state: state(nothing) },
    { name: "no directory", state: state({ type: "file" }) },
    ...owners.slice(1).map((name) => ({ name: `owned by ${name}`, state: state({ owner: name }) })),
    ...widerModes(Number.parseInt(mode, 8)).map(({ name, text }) => ({
      name: `a directory where ${name}`,
      state: state({ mode: text }),
    })),
    { name: "set to what only a shell knows", state: state({}, ["/root/.bashrc:3"]) },
  ];
};

export const processCandidates: Candidates = ({ user }) => [
  ...textsOf(user).map((name) => ({ name: `runs as ${name}`, state: { users: [name] } })),
  { name: "one of them runs as root", state: { users: [textsOf(user)[0] ?? "daemon", "root"] }, isHard: true },
  { name: "does not run", state: { users: [] } },
  { name: "an image", state: {} },
];

export const parameterCandidates: Candidates = (desired, { target }) => {
  const byDefault = membersOf(target)["default"];
  const { meeting, failing } = candidateValues(desired);
  const chosen = [...meeting, ...failing].flatMap(({ value }) => (value === null ? [] : [value]));
  return [...(byDefault === undefined ? [] : [byDefault]), ...chosen].map((value) => ({
    name: `the policy says ${String(value)}`,
    state: { value },
  }));
};
