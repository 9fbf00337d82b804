import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";
import { candidateValues } from "./candidate-values.ts";

interface Line {
  readonly type: string;
  readonly control: string;
  readonly module: string;
  readonly arguments: readonly string[];
}

export const pamCandidates: Candidates = (desired, { target }) => {
  const service = String(membersOf(target)["service"]);
  const type = desired["type"] === "*" ? "auth" : String(desired["type"]);
  const needed = textsOf(desired["with"]).map((word) => word.replaceAll("*", "sugroup"));
  const choices = textsOf(desired["any_with"]);
  const controls = textsOf(desired["control"]);
  const line: Line = {
    type,
    control: controls[0] ?? "required",
    module: String(desired["module"]),
    arguments: [...needed, ...choices.slice(0, 1)],
  };
  const state = (lines: readonly Line[], groups: Members = {}): Json => ({
    lines: lines.map((item, index) => ({ ...item, source: `/etc/pam.d/${service}:${index + 1}` })),
    ...(needed.some((word) => word.startsWith("group=")) ? { groups: { sugroup: 0, ...groups } } : {}),
  });
  const one = (name: string, differences: Partial<Line>): Candidate => ({
    name,
    state: state([{ ...line, ...differences }]),
  });
  const argument = argumentCandidates(membersOf(desired["argument"]), line, one);
  const there: Candidate[] = [
    ...(argument.length > 0 ? argument : [one("the line is there", {})]),
    ...choices.slice(1).map((word) => one(`with ${word}`, { arguments: [...needed, word] })),
    ...controls.slice(1).map((control) => one(`control ${control}`, { control })),
    { name: "the line is missing", state: state([]) },
    one("with another control", { control: controls.includes("optional") ? "required" : "optional" }),
    ...needed.map((word) => one(`without ${word}`, { arguments: line.arguments.filter((other) => other !== word) })),
    ...textsOf(desired["every_without"]).map((word) => one(`with ${word}`, { arguments: [word] })),
    one("for another purpose only", { type: type === "session" ? "account" : "session" }),
    ...(choices.length > 0 ? [one("with none of the arguments", { arguments: needed })] : []),
    { name: "the group has a member", state: state([line], { sugroup: 1 }) },
    { name: "no such service", state: { missing: true } },
  ];
  return desired["present"] === false ? [...there].reverse() : there;
};

function argumentCandidates(
  { name, ...comparison }: Members,
  line: Line,
  one: (name: string, differences: Partial<Line>) => Candidate,
): Candidate[] {
  if (typeof name !== "string") return [];
  const { meeting, failing } = candidateValues(comparison);
  return [...meeting, ...failing].map(({ name: what, value }) =>
    one(`${name} ${what}`, {
      arguments: [...line.arguments, ...(value === null ? [] : [value === "" ? name : `${name}=${value}`])],
    }),
  );
}
