import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";
import { modeText, widerModes } from "./modes.ts";

export const fileCandidates: Candidates = (desired, { target }) => {
  const path = examplePath(String(membersOf(target)["path"]));
  const mode = Number.parseInt(typeof desired["mode_max"] === "string" ? desired["mode_max"] : "0644", 8);
  const owners = textsOf(desired["owner"]);
  const groups = textsOf(desired["group"]);
  const isDirectory = (mode & 0o100) !== 0 && !/\/s?bin\/[^/]+$/.test(path);
  const state = (...files: Members[]): Json => ({
    files: files.map((differences) => ({
      path,
      type: isDirectory ? "directory" : "file",
      mode: modeText(mode),
      owner: owners[0] ?? "root",
      group: groups[0] ?? "root",
      ...differences,
    })),
    truncated: false,
  });
  const none: Json = { files: [], truncated: false };
  const there: Candidate[] = [
    { name: `mode ${modeText(mode)}`, state: state({}) },
    ...owners.slice(1).map((owner) => ({ name: `owned by ${owner}`, state: state({ owner }) })),
    ...groups.slice(1).map((group) => ({ name: `of the group ${group}`, state: state({ group }) })),
    { name: "right mode, wrong owner", state: state({ owner: "nobody" }), isHard: owners.length > 0 },
    { name: "right mode, wrong group", state: state({ group: "users" }) },
    ...widerModes(mode).map(({ name, text }) => ({ name, state: state({ mode: text }) })),
    ...groups.slice(1).map((group) => ({
      name: `two files, one of the group ${group}`,
      state: state({}, { path: `${path}-2`, group }),
    })),
  ];
  const missing = { name: "not there", state: none };
  return desired["exists"] === false ? [missing, ...there] : [...there, missing];
};

export const textMatchCandidates: Candidates = ({ found }, { target }) => {
  const path = examplePath(String(membersOf(target)["path"]));
  const candidates = [
    { name: "a line matches", state: { matches: [{ path, line: 1, text: "(a matching line)" }], files: [path] } },
    { name: "no line matches", state: { matches: [], files: [path] } },
    { name: "no such file", state: { matches: [], files: [] } },
  ];
  return found === false ? [...candidates.slice(1), ...candidates.slice(0, 1)] : candidates;
};

export const manualCandidates: Candidates = (_, { target }) => {
  const files = textsOf(membersOf(target)["collect"]).map(examplePath);
  return [{ name: "for a person to decide", state: { files } }];
};

/** A path that a glob could lead to. */
function examplePath(path: string): string {
  return path.replaceAll("**", "example").replaceAll("*", "example").replaceAll("?", "x");
}
