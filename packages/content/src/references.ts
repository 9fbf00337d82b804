import { canonicalJson } from "@holdfast/contracts/json";
import type { ConditionUse } from "./compile-context.ts";
import { expectationsOf } from "./expression.ts";
import { suggestion } from "./nearest-name.ts";
import type { Benchmark, Check, Condition } from "./pack.ts";
import type { Problem } from "./problem.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

type FindPlace = (id: string) => { readonly source: YamlSource; readonly path: YamlPath } | undefined;

/** Uses of conditions that do not exist, and conditions that depend on themselves. */
export function conditionProblems(
  uses: readonly ConditionUse[],
  allIds: readonly string[],
  conditions: readonly Condition[],
  placeOf: FindPlace,
): Problem[] {
  const known = new Set(allIds);
  const unknown = uses
    .filter(({ id }) => !known.has(id))
    .map(({ id, source, path }) => source.problemAt(path, `no condition "${id}"${suggestion(id, allIds)}`));
  const cycles = conditions
    .filter(({ id }) => reaches(id, id, conditions))
    .flatMap(({ id }) => problemAt(placeOf(id), "depends on itself through when; break the cycle"));
  return [...unknown, ...cycles];
}

/** Two expectations whose facts have one address but different targets: one would be judged on the other's fact. */
export function conflictingTargets(
  checks: readonly Check[],
  conditions: readonly Condition[],
  placeOf: FindPlace,
): Problem[] {
  const targets = new Map<string, { readonly target: string; readonly owner: string }>();
  return [...conditions, ...checks].flatMap(({ id, require }) =>
    [...(require === null ? [] : expectationsOf(require))].flatMap((expectation) => {
      const target = canonicalJson(expectation.target);
      const first = targets.get(expectation.address) ?? { target, owner: id };
      targets.set(expectation.address, first);
      if (first.target === target) return [];
      const message = `${expectation.address} has another target in ${first.owner}; make the two targets equal`;
      return problemAt(placeOf(id), message);
    }),
  );
}

/** Checks that no benchmark lists: they would never run. */
export function unusedChecks(ids: readonly string[], benchmarks: readonly Benchmark[], placeOf: FindPlace): Problem[] {
  const used = new Set(benchmarks.flatMap(({ recommendations }) => recommendations.map(({ check }) => check)));
  return ids
    .filter((id) => !used.has(id))
    .flatMap((id) => problemAt(placeOf(id), "no benchmark uses this check; add it to one or remove it"));
}

function reaches(from: string, to: string, conditions: readonly Condition[], seen = new Set<string>()): boolean {
  const condition = conditions.find(({ id }) => id === from);
  if (condition === undefined || seen.has(from)) return false;
  seen.add(from);
  return [...expectationsOf(condition.require)].some(
    ({ when }) => when !== undefined && (when === to || reaches(when, to, conditions, seen)),
  );
}

function problemAt(place: ReturnType<FindPlace>, message: string): Problem[] {
  return place === undefined ? [] : [place.source.problemAt(place.path, message)];
}
