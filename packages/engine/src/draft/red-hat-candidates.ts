import type { Json } from "@holdfast/contracts/json";
import { type Candidates, membersOf, textsOf, without } from "./candidate.ts";
import { candidateValues } from "./candidate-values.ts";

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
