import type { Json } from "@holdfast/contracts/json";
import type { Candidate, Candidates } from "./candidate.ts";
import { type CandidateValue, candidateValues } from "./candidate-values.ts";

export const sshdSettingCandidates: Candidates = (desired) => {
  const state = (value: string | null, more: Readonly<Record<string, Json>> = {}): Json => ({
    value,
    source: "sshd -T",
    matchOverrides: [],
    dropIn: null,
    includesDropIns: true,
    ...more,
  });
  const { file_exists: fileExists, at_most_triple: triple } = desired;
  if (fileExists !== undefined) {
    return [
      { name: "set to a file that is there", state: state("/etc/issue.net", { fileExists: true }) },
      { name: "set to a file that is not there", state: state("/etc/issue.net", { fileExists: false }), isHard: true },
      { name: "none", state: state("none") },
      { name: "not set", state: state(null) },
    ];
  }
  const { meeting, failing } = typeof triple === "string" ? triples(triple) : candidateValues(desired);
  const [good] = meeting;
  const weakened = failing.filter(({ value }) => value !== null).slice(0, 1);
  return [
    ...meeting.map(({ name, value }) => ({ name, state: state(value) })),
    ...weakened.map(
      (bad): Candidate => ({
        name: "right, but weakened inside a Match block",
        state: state(good?.value ?? null, {
          matchOverrides: [{ match: "User backup", value: bad.value, source: "/etc/ssh/sshd_config:60" }],
        }),
        isHard: true,
      }),
    ),
    ...failing.map(({ name, value }) => ({ name, state: state(value) })),
  ];
};

/** Values of MaxStartups: the limits themselves, and each one more and one less. */
function triples(limits: string): { meeting: CandidateValue[]; failing: CandidateValue[] } {
  const numbers = limits.split(":").map(Number);
  const changed = (by: number) =>
    numbers.map((number, index) => ({
      name: numbers.with(index, number + by).join(":"),
      value: numbers.with(index, number + by).join(":"),
    }));
  return {
    meeting: [{ name: limits, value: limits }, ...changed(-1)],
    failing: [...changed(1), { name: "not set", value: null }],
  };
}
