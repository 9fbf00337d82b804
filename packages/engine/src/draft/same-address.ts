import type { Expectation } from "@holdfast/content/expression";
import type { Json } from "@holdfast/contracts/json";
import { type Candidate, membersOf } from "./candidate.ts";
import { verdictOn } from "./solve.ts";

/**
 * States for several expectations on one address, of kinds whose state is a list of lines: each candidate of one
 * expectation together with what meets the others. For other kinds, nothing.
 */
export function combinedCandidates(
  expectations: readonly Expectation[],
  candidatesOf: readonly (readonly Candidate[])[],
): Candidate[] {
  const [first] = expectations;
  const combine = first === undefined ? undefined : combiners[first.kind];
  if (combine === undefined || expectations.length < 2) return [];
  const good = expectations.map((expectation, index) =>
    (candidatesOf[index] ?? []).find((candidate) => verdictOn(expectation, candidate) === "pass"),
  );
  return candidatesOf.flatMap((candidates, index) => {
    const others = good.flatMap((candidate, other) =>
      other === index || candidate === undefined ? [] : [candidate.state],
    );
    return candidates.map((candidate) => ({ ...candidate, state: combine([...others, candidate.state]) }));
  });
}

const combiners: Readonly<Record<string, (states: readonly Json[]) => Json>> = {
  pam: (states) => {
    const members = states.map(membersOf);
    if (members.at(-1)?.["missing"] === true) return { missing: true };
    const groups = Object.assign({}, ...members.map(({ groups: some }) => membersOf(some)));
    return { lines: distinctLines(members, "lines"), ...(Object.keys(groups).length > 0 ? { groups } : {}) };
  },
  audit_rule: (states) => {
    const members = states.map(membersOf);
    return { ...members.at(-1), onDisk: distinctLines(members, "onDisk"), loaded: distinctLines(members, "loaded") };
  },
};

/** The lines of several states after one another, each once, with running line numbers. */
function distinctLines(states: readonly Readonly<Record<string, Json>>[], member: string): Json[] {
  const seen = new Map<string, Json>();
  for (const state of states) {
    const lines = state[member];
    for (const line of Array.isArray(lines) ? lines : []) {
      const { source, ...rest } = membersOf(line);
      const key = JSON.stringify(typeof line === "string" ? line : rest);
      if (seen.has(key)) continue;
      const numbered = typeof source === "string" ? source.replace(/:\d+$/, `:${seen.size + 1}`) : null;
      seen.set(key, typeof line === "string" ? line : { ...rest, source: numbered });
    }
  }
  return [...seen.values()];
}
