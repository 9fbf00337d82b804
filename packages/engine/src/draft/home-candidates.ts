import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";
import { modeText, widerModes } from "./modes.ts";

const rootHome = { user: "root", path: "/root", type: "directory", mode: "0700", owner: "root", ownedByUser: true };

export const homeDirsCandidates: Candidates = ({ mode_max: modeMax }) => {
  const mode = modeOf(modeMax, "0750");
  const state = (differences: Members): Json => ({
    homes: [
      rootHome,
      {
        user: "alice",
        path: "/home/alice",
        type: "directory",
        mode: modeText(mode),
        owner: "alice",
        ownedByUser: true,
        ...differences,
      },
    ],
  });
  return [
    { name: "every home as it should be", state: state({}) },
    { name: "a home is missing", state: state({ type: null, mode: null, owner: null, ownedByUser: false }) },
    { name: "a home is no directory", state: state({ type: "file" }) },
    { name: "a home belongs to somebody else", state: state({ owner: "bob", ownedByUser: false }), isHard: true },
    ...widerModes(mode).map(({ name, text }) => ({ name: `a home where ${name}`, state: state({ mode: text }) })),
  ];
};

export const homeDotfilesCandidates: Candidates = ({ mode_max: modeMax, modes, none_named: unwanted }) => {
  const mode = modeOf(modeMax, "0644");
  const file = (name: string, differences: Members = {}): Json => ({
    user: "alice",
    path: `/home/alice/${name}`,
    mode: modeText(mode),
    owner: "alice",
    group: "alice",
    ownedByUser: true,
    ownGroup: true,
    ...differences,
  });
  const special = Object.entries(membersOf(modes)).map(([name, max]) => ({ name, max: modeOf(max, "0600") }));
  const asTheyShouldBe = special.map(({ name, max }) => file(name, { mode: modeText(max) }));
  const state = (...files: Json[]): Json => ({ files, truncated: false });
  return [
    { name: "every dot file as it should be", state: state(file(".bashrc"), ...asTheyShouldBe) },
    { name: "no dot files", state: state() },
    ...textsOf(unwanted).map((name) => ({ name: `${name} is there`, state: state(file(".bashrc"), file(name)) })),
    {
      name: "a dot file belongs to somebody else",
      state: state(file(".bashrc", { owner: "bob", ownedByUser: false })),
      isHard: true,
    },
    {
      name: "a dot file has somebody else's group",
      state: state(file(".bashrc", { group: "users", ownGroup: false })),
    },
    ...widerModes(mode).map(({ name, text }) => ({
      name: `a dot file where ${name}`,
      state: state(file(".bashrc", { mode: text })),
    })),
    ...special.flatMap(({ name, max }) =>
      widerModes(max).map(({ name: wider, text }) => ({
        name: `a ${name} where ${wider}`,
        state: state(file(name, { mode: text })),
      })),
    ),
  ];
};

export const auditLogFilesCandidates: Candidates = (desired, { target }) => {
  const isDirectory = membersOf(target)["what"] === "directory";
  const mode = modeOf(desired["mode_max"], isDirectory ? "0750" : "0640");
  const owners = textsOf(desired["owner"]);
  const groups = textsOf(desired["group"]);
  const logFile = "/var/log/audit/audit.log";
  const state = (...entries: Members[]): Json => ({
    logFile,
    source: "/etc/audit/auditd.conf:8",
    entries: entries.map((differences) => ({
      path: isDirectory ? "/var/log/audit" : logFile,
      type: isDirectory ? "directory" : "file",
      mode: modeText(mode),
      owner: owners[0] ?? "root",
      group: groups[0] ?? "root",
      ...differences,
    })),
  });
  const candidates: Candidate[] = [
    { name: "as it should be", state: state({}) },
    { name: "no log yet", state: state() },
    ...owners.slice(1).map((owner) => ({ name: `owned by ${owner}`, state: state({ owner }) })),
    ...groups.slice(1).map((group) => ({ name: `of the group ${group}`, state: state({ group }) })),
    { name: "right mode, wrong owner", state: state({ owner: "nobody" }), isHard: owners.length > 0 },
    { name: "right mode, wrong group", state: state({ group: "users" }), isHard: groups.length > 0 },
    ...widerModes(mode).map(({ name, text }) => ({ name, state: state({ mode: text }) })),
  ];
  return isDirectory
    ? candidates
    : [
        ...candidates,
        {
          name: "an older log is wrong",
          state: state({}, { path: `${logFile}.1`, mode: "0666", owner: "nobody", group: "users" }),
        },
      ];
};

function modeOf(text: Json | undefined, otherwise: string): number {
  return Number.parseInt(typeof text === "string" ? text : otherwise, 8);
}
