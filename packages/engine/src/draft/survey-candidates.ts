import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";
import { modeText, widerModes } from "./modes.ts";

const shut = { total: 1, paths: ["/srv/shut"] };

export const fsWalkCandidates: Candidates = ({ at_most: most }, { target }) => {
  const find = String(membersOf(target)["find"]);
  const mode = find === "setuid_or_setgid" ? "4755" : find === "world_writable_directory" ? "0777" : "0666";
  const type = find === "world_writable_directory" ? "directory" : "file";
  const owner = find === "unknown_owner" ? "4711" : "root";
  const group = find === "unknown_group" ? "4711" : "root";
  const state = (total: number, extra: Members = {}): Json => ({
    total,
    files: Array.from({ length: total }, (_, at) => ({ path: `/srv/found-${at + 1}`, type, mode, owner, group })),
    ...extra,
  });
  const limit = typeof most === "number" ? most : 0;
  return [
    { name: limit === 0 ? "none" : `${limit} of them`, state: state(limit) },
    { name: limit === 0 ? "one" : `${limit + 1} of them`, state: state(limit + 1) },
    { name: "none, but a directory could not be read", state: state(0, { unreadable: shut }), isHard: true },
  ];
};

export const auditPrivilegedCandidates: Candidates = ({ rule }) => {
  const filled = (path: string): string => String(rule).replace("{PATH}", path).replaceAll("{UID_MIN}", "1000");
  const programs = ["/usr/bin/passwd", "/usr/bin/su"];
  const state = (onDisk: readonly string[], loaded: readonly string[] | null, extra: Members = {}): Json => ({
    total: programs.length,
    programs,
    onDisk: onDisk.map((path, at) => ({
      rule: filled(path),
      source: `/etc/audit/rules.d/50-privileged.rules:${at + 1}`,
    })),
    ...(loaded === null ? {} : { loaded: loaded.map(filled) }),
    uidMin: "1000",
    ...extra,
  });
  return [
    { name: "a rule for each program", state: state(programs, programs) },
    { name: "on an image", state: state(programs, null) },
    { name: "one program without a rule", state: state(programs.slice(1), programs.slice(1)) },
    { name: "on disk, but not loaded", state: state(programs, []), isHard: true },
    { name: "loaded, but not on disk", state: state([], programs), isHard: true },
    { name: "a directory could not be read", state: state(programs, programs, { unreadable: shut }), isHard: true },
  ];
};

/** A file for every name, owner and group that a rule speaks of, at its widest mode; and each bit too much. */
export const logFilesCandidates: Candidates = ({ rules }) => {
  const asked = (Array.isArray(rules) ? rules : []).map(membersOf).map((rule) => ({
    names: textsOf(rule["match"]).map((name) => name.replaceAll("*", "1")),
    mode: Number.parseInt(String(rule["mode_max"]), 8),
    owners: textsOf(rule["owner"]),
    groups: textsOf(rule["group"]),
  }));
  const file = (name: string, mode: number, owner: string, group: string, service = false): Json => ({
    path: `/var/log/${name}`,
    mode: modeText(mode),
    owner,
    group,
    service,
  });
  const state = (files: readonly Json[], extra: Members = {}): Json => ({ files, truncated: false, ...extra });
  const widest = asked.flatMap(({ names, mode, owners, groups }) => {
    const [name = "", owner = "", group = ""] = [names[0], owners[0], groups[0]];
    return [
      ...names.map((each) => file(each, mode, owner, groups.at(-1) ?? group)),
      ...owners.slice(1).map((each) => file(name, mode, each, group)),
      ...groups.map((each) => file(name, mode, owner, each)),
    ];
  });
  return [
    { name: "every file as open as it may be", state: state(widest) },
    { name: "no log files", state: state([]) },
    { name: "a service's own file", state: state([file("other", 0o600, "_chrony", "_chrony", true)]) },
    ...asked.flatMap(({ names, mode, owners, groups }): Candidate[] => {
      const [name = "", owner = "", group = ""] = [names[0], owners[0], groups[0]];
      return [
        ...widerModes(mode).map((wider) => ({
          name: `${name} where ${wider.name}`,
          state: state([file(name, Number.parseInt(wider.text, 8), owner, group)]),
        })),
        { name: `${name} of another owner`, state: state([file(name, mode, "alice", group)]) },
        { name: `${name} of another group`, state: state([file(name, mode, owner, "users")]) },
      ];
    }),
    { name: "a directory could not be read", state: state(widest, { unreadable: shut }), isHard: true },
  ];
};
