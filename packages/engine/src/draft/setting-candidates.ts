import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, without } from "./candidate.ts";
import { type CandidateValue, candidateValues } from "./candidate-values.ts";

/** Kinds with one effective value and its source. @param extra members that every state of the kind has besides. */
export function singleValue(source: string, extra: Members = {}): Candidates {
  return (desired) => {
    const { meeting, failing } = candidateValues(desired);
    const state = (value: string | null, from: string): Json => ({
      ...extra,
      value,
      source: value === null ? null : from,
    });
    const byDefault = meeting.slice(0, desired["explicit"] === true ? 1 : 0).map(({ name, value }) => ({
      name: `${name} by default`,
      state: state(value, "built-in default"),
      isHard: true,
    }));
    return [
      ...[...meeting, ...failing].map(({ name, value }) => ({ name, state: state(value, source) })),
      ...byDefault,
    ];
  };
}

/** As singleValue, for settings that need a PAM module in the stack to have an effect. */
export function activeValue(source: string): Candidates {
  const active = singleValue(source, { active: true });
  const inactive = singleValue(source, { active: false });
  return (desired, expectation) => [
    ...active(desired, expectation),
    ...inactive(desired, expectation)
      .slice(0, 1)
      .map(({ state }) => ({ name: "right, but the module is not in the stack", state, isHard: true })),
  ];
}

export const sysctlCandidates: Candidates = (desired) => {
  const { meeting, failing } = candidateValues(desired);
  const good = meeting[0]?.value ?? null;
  const bad = failing[0]?.value ?? null;
  const state = (running: string | null, onBoot: string | null): Json => ({
    running,
    onBoot,
    source: onBoot === null ? null : "/etc/sysctl.d/60-hardening.conf:1",
    dropIn: null,
  });
  return [
    ...meeting.map(({ name, value }) => ({ name: `${name} now and at boot`, state: state(value, value) })),
    { name: "right at boot, another value in the running kernel", state: state(bad, good), isHard: true },
    { name: "right in the running kernel, not set at boot", state: state(good, null), isHard: true },
    { name: "right in the running kernel, another value at boot", state: state(good, bad) },
    { name: "right on an image", state: without(state(good, good), "running"), isHard: true },
    { name: "wrong on an image", state: without(state(bad, bad), "running") },
    ...failing.map(({ name, value }) => ({ name: `${name} now and at boot`, state: state(value, value) })),
    { name: "the kernel has no such parameter", state: state(null, null) },
  ];
};

export const kernelCmdlineCandidates: Candidates = (desired) => {
  const { meeting, failing } = candidateValues(desired);
  const good = meeting[0]?.value ?? null;
  const bad = failing[0]?.value ?? null;
  const state = (values: readonly (string | null)[], running: string | null): Json => ({
    entries: values.map((value, index) => ({ source: `/boot/grub/grub.cfg:${120 + 20 * index}`, value })),
    running,
  });
  return [
    ...meeting.map(({ name, value }) => ({ name: `${name} in every boot entry`, state: state([value, value], value) })),
    { name: "missing from one boot entry", state: state([good, bad], good), isHard: true },
    { name: "in every boot entry, but not in the running kernel", state: state([good, good], bad), isHard: true },
    { name: "right on an image", state: without(state([good, good], good), "running"), isHard: true },
    ...failing.map(({ name, value }) => ({ name: `${name} in every boot entry`, state: state([value, value], value) })),
  ];
};

export const sudoersCandidates: Candidates = (desired) => {
  const { meeting, failing } = candidateValues(desired);
  const source = "/etc/sudoers.d/hardening:1";
  const state = (value: string | null, scoped: Json = []): Json => ({
    value,
    source: value === null ? null : source,
    scoped,
  });
  const [good] = meeting;
  const weaker = (bad: CandidateValue): Candidate => ({
    name: "right, but weakened for one user",
    state: state(good?.value ?? null, [{ scope: ":operator", value: bad.value, source: "/etc/sudoers.d/operator:2" }]),
    isHard: true,
  });
  return [
    ...meeting.map(({ name, value }) => ({ name, state: state(value) })),
    ...failing
      .filter(({ value }) => value !== null)
      .slice(0, 1)
      .map(weaker),
    ...failing.map(({ name, value }) => ({ name, state: state(value) })),
  ];
};
