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
  const needed = textsOf(desired["with"]).map(exampleOf);
  const choices = textsOf(desired["any_with"]);
  const controls = textsOf(desired["control"]);
  const argument = membersOf(desired["argument"]);
  const line: Line = {
    type,
    control: controls[0] ?? "required",
    module: String(desired["module"]),
    arguments: [...needed, ...choices.slice(0, 1), ...goodArgument(argument)],
  };
  const state = (lines: readonly Line[], groups: Members = {}): Json => ({
    lines: lines.map((item, index) => ({ ...item, source: `/etc/pam.d/${service}:${index + 1}` })),
    ...(needed.some((word) => word.startsWith("group=")) ? { groups: { sugroup: 0, wheel: 0, ...groups } } : {}),
  });
  const one = (name: string, differences: Partial<Line>): Candidate => ({
    name,
    state: state([{ ...line, ...differences }]),
  });
  const withArgument = argumentCandidates(argument, [...needed, ...choices.slice(0, 1)], one);
  const there: Candidate[] = [
    ...(withArgument.length > 0 ? withArgument : [one("the line is there", {})]),
    ...choices.slice(1).map((word) => one(`with ${word}`, { arguments: [...needed, word] })),
    ...controls.slice(1).map((control) => one(`control ${control}`, { control })),
    { name: "the line is missing", state: state([]) },
    one("with another control", { control: controls.includes("optional") ? "required" : "optional" }),
    ...needed.map((word) => one(`without ${word}`, { arguments: line.arguments.filter((other) => other !== word) })),
    ...textsOf(desired["every_without"]).flatMap((word) => [
      one(`with ${exampleOf(word)}`, { arguments: [exampleOf(word)] }),
      one(`with ${exampleOf(word)} in another stack`, {
        type: type === "account" ? "session" : "account",
        arguments: [exampleOf(word)],
      }),
    ]),
    one("for another purpose only", { type: type === "session" ? "account" : "session" }),
    ...(choices.length > 0 ? [one("with none of the arguments", { arguments: needed })] : []),
    { name: "the group has a member", state: state([line], { sugroup: 1 }) },
    { name: "no such service", state: { missing: true } },
  ];
  return desired["present"] === false ? [...there].reverse() : there;
};

function argumentCandidates(
  { name, ...comparison }: Members,
  others: readonly string[],
  one: (name: string, differences: Partial<Line>) => Candidate,
): Candidate[] {
  if (typeof name !== "string") return [];
  const { meeting, failing } = candidateValues(comparison);
  return [...meeting, ...failing].map(({ name: what, value }) =>
    one(`${name} ${what}`, { arguments: [...others, ...argumentText(name, value)] }),
  );
}

function goodArgument({ name, ...comparison }: Members): string[] {
  return typeof name === "string" ? argumentText(name, candidateValues(comparison).meeting[0]?.value ?? null) : [];
}

function argumentText(name: string, value: string | null): string[] {
  if (value === null) return [];
  return [value === "" ? name : `${name}=${value}`];
}

/** An argument that a glob could stand for. */
function exampleOf(word: string): string {
  return word.replace(/^group=\*$/, "group=sugroup").replaceAll("*", "5");
}
