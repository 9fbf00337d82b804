import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf, without } from "./candidate.ts";
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

export const chronyCandidates: Candidates = ({ sources_min: min, sources_allowed: allowed, user }) => {
  const users = textsOf(user);
  const right = users[0] ?? "_chrony";
  const names = textsOf(allowed);
  const sources = (...hosts: string[]): Json =>
    hosts.map((name, index) => ({ directive: "server", name, source: `/etc/chrony/chrony.conf:${index + 3}` }));
  const state = (hosts: readonly string[], differences: Members = {}): Json => ({
    sources: sources(...hosts),
    user: { value: right, source: "built-in default" },
    running: [right],
    ...differences,
  });
  const wanted = typeof min === "number" ? min : 1;
  const some = Array.from(
    { length: wanted },
    (_, index) => names[index % names.length] ?? `time${index + 1}.example.org`,
  );
  if (users.length > 0)
    return [
      ...users.map((name) => ({
        name: `runs as ${name}`,
        state: state(some, { user: { value: name, source: "/etc/chrony/chrony.conf:2" }, running: [name] }),
      })),
      { name: "still runs as root", state: state(some, { running: ["root"] }), isHard: true },
      {
        name: "set to run as root",
        state: state(some, { user: { value: "root", source: "/etc/chrony/chrony.conf:2" } }),
      },
      { name: "right on an image", state: without(state(some), "running"), isHard: true },
    ];
  return [
    { name: `${wanted} given`, state: state(some) },
    { name: "one too few", state: state(some.slice(1)) },
    { name: "another server", state: state([...some, "time.example.net"]) },
    ...names.map((name) => ({ name: `from ${name}`, state: state(Array.from({ length: wanted }, () => name)) })),
    { name: "right on an image", state: without(state(some), "running") },
  ];
};

export const rsyslogCandidates: Candidates = ({
  file_mode_max: modeMax,
  forwards,
  hosts_allowed: allowed,
  receives,
}) => {
  const mode = typeof modeMax === "string" ? modeMax : "0640";
  const state = (differences: Members = {}): Json => ({
    files: [{ path: "/var/log/syslog", mode, source: "/etc/rsyslog.conf:40" }],
    targets: [],
    receivers: [],
    ...differences,
  });
  const file = (text: string): Json => [
    { path: "/var/log/syslog", mode, source: "/etc/rsyslog.conf:40" },
    { path: "/var/log/auth.log", mode: text, source: "/etc/rsyslog.conf:41" },
  ];
  const target = (host: string): Json => [{ host, protocol: "tcp", source: "/etc/rsyslog.d/60-forward.conf:1" }];
  const receiving = state({ receivers: [{ module: "imtcp", source: "/etc/rsyslog.conf:12" }] });
  if (typeof modeMax === "string")
    return [
      { name: `files with mode ${mode}`, state: state() },
      { name: "writes no files", state: state({ files: [] }) },
      ...widerModes(Number.parseInt(mode, 8)).map(({ name, text }) => ({
        name: `a second file where ${name}`,
        state: state({ files: file(text) }),
      })),
    ];
  const hosts = textsOf(allowed);
  if (forwards !== undefined) {
    const candidates: Candidate[] = [
      ...(hosts.length > 0 ? hosts : ["log.example.org"]).map((host) => ({
        name: `sends to ${host}`,
        state: state({ targets: target(host) }),
      })),
      { name: "sends to itself", state: state({ targets: target("127.0.0.1") }), isHard: true },
      { name: "sends to another host", state: state({ targets: target("elsewhere.example.net") }) },
      { name: "sends nothing", state: state() },
    ];
    return forwards === true ? candidates : [...candidates].reverse();
  }
  const both: Candidate[] = [
    { name: "receives nothing", state: state() },
    { name: "receives from the network", state: receiving },
  ];
  return receives === true ? both.reverse() : both;
};

export const aideRuleCandidates: Candidates = ({ attributes }, { target }) => {
  const path = String(membersOf(target)["path"]);
  const all = textsOf(attributes);
  const state = (present: readonly string[]): Json => ({
    rule: path,
    attributes: [...present].sort(),
    source: "/etc/aide/aide.conf:120",
    executed: [],
  });
  return [
    { name: "all attributes", state: state(all) },
    ...all.map((attribute) => ({
      name: `without ${attribute}`,
      state: state(all.filter((other) => other !== attribute)),
    })),
    { name: "no rule", state: { rule: null, attributes: [], source: null, executed: [] } },
  ];
};

export const tmpfilesCandidates: Candidates = ({ mode_max: max }) => {
  const mode = typeof max === "string" ? max : "0640";
  const state = (text: string | null): Json => ({
    mode: text,
    user: "root",
    group: "systemd-journal",
    source: "/usr/lib/tmpfiles.d/systemd.conf:30",
  });
  return [
    { name: `mode ${mode}`, state: state(mode) },
    ...widerModes(Number.parseInt(mode, 8)).map(({ name, text }) => ({ name, state: state(text) })),
    { name: "the mode is left as it is", state: state(null) },
    { name: "no line is for it", state: { mode: null, user: null, group: null, source: null } },
  ];
};

export const cronJobCandidates: Candidates = ({ scheduled }) => {
  const job = { schedule: "0 5 * * *", command: "(a matching command)", source: "/etc/crontab:20" };
  const both: Candidate[] = [
    { name: "a job starts it", state: { jobs: [job] } },
    { name: "no job starts it", state: { jobs: [] } },
  ];
  return scheduled === false ? both.reverse() : both;
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

export const selinuxCandidates: Candidates = (desired, { target }) => {
  const { meeting, failing } = candidateValues(desired);
  const isMode = membersOf(target)["property"] === "mode";
  const state = (configured: string | null, running = configured): Json => ({
    configured,
    source: configured === null ? null : "/etc/selinux/config:22",
    ...(isMode ? { running: running ?? "disabled" } : {}),
  });
  const good = meeting[0]?.value ?? null;
  return [
    ...meeting.map(({ name, value }) => ({ name, state: state(value) })),
    ...(isMode ? [{ name: "set right, but disabled now", state: state(good, "disabled"), isHard: true }] : []),
    { name: "right on an image", state: without(state(good), "running") },
    ...failing.map(({ name, value }) => ({ name, state: state(value) })),
  ];
};

export const selinuxProcessCandidates: Candidates = ({ max }) => {
  const most = typeof max === "number" ? max : 0;
  const programs = (count: number): Json => ({ programs: Array.from({ length: count }, (_, i) => `program-${i + 1}`) });
  return [
    { name: "no more than allowed", state: programs(most) },
    { name: "one too many", state: programs(most + 1) },
    { name: "an image", state: {} },
  ];
};

export const cryptoPolicyCandidates: Candidates = (desired) => {
  const { meeting, failing } = candidateValues(desired);
  const state = (value: string | null, applied = "DEFAULT"): Json => ({
    value,
    source: value === null ? null : "/etc/crypto-policies/config",
    chosen: "DEFAULT",
    applied,
  });
  return [
    ...meeting.map(({ name, value }) => ({ name, state: state(value) })),
    { name: "right, but another policy applies", state: state(meeting[0]?.value ?? null, "LEGACY"), isHard: true },
    ...failing.map(({ name, value }) => ({ name, state: state(value) })),
  ];
};

export const authselectCandidates: Candidates = ({ modules, files, features }) => {
  const wanted = textsOf(modules);
  const places = textsOf(files);
  const switched = textsOf(features);
  const state = (module: string | null, place: string | null, present: readonly string[]): Json => ({
    profile: "custom/site",
    features: [...present].sort(),
    modules: Object.fromEntries(
      places.map((file) => [file, wanted.filter((name) => name !== module || (place !== null && file !== place))]),
    ),
    source: "/etc/authselect/authselect.conf:1",
  });
  return [
    { name: "all of them", state: state(null, null, switched) },
    ...wanted.flatMap((module) =>
      places.map((place) => ({ name: `without ${module} in ${place}`, state: state(module, place, switched) })),
    ),
    ...switched.map((feature) => ({
      name: `without ${feature}`,
      state: state(
        null,
        null,
        switched.filter((other) => other !== feature),
      ),
    })),
    { name: "no profile", state: { profile: null, features: [], modules: {}, source: null } },
  ];
};

export const parameterCandidates: Candidates = (desired, { target }) => {
  const byDefault = membersOf(target)["default"];
  const { meeting, failing } = candidateValues(desired);
  const chosen = [...meeting, ...failing].flatMap(({ value }) => (value === null ? [] : [value]));
  return [...(byDefault === undefined ? [] : [byDefault]), ...chosen].map((value) => ({
    name: `the policy says ${String(value)}`,
    state: { value },
  }));
};
