import { type Expression, expectationsOf } from "@holdfast/content/expression";
import type { Benchmark, Pack } from "@holdfast/content/pack";
import type { FactAddress } from "@holdfast/contracts/fact";
import type { FactRequest } from "./collect.ts";
import { parameterKind } from "./parameters.ts";

/**
 * Every fact that judging a benchmark may look at: of all its checks, whatever their level and profile, and of every
 * condition they depend on, directly or through another condition. Each address once, in the order of the benchmark.
 * Recommendations whose check is not in the pack, or is not ported, ask for nothing.
 */
export function factRequestsOf(pack: Pack, benchmark: Benchmark): readonly FactRequest[] {
  const checkIds = new Set(benchmark.recommendations.map((recommendation) => recommendation.check));
  return factRequestsOfChecks(pack, checkIds);
}

/** The same for some checks, by id: what must be read to judge just them. */
export function factRequestsOfChecks(
  pack: Pick<Pack, "checks" | "conditions">,
  checkIds: Iterable<string>,
): readonly FactRequest[] {
  const requests = new Map<FactAddress, FactRequest>();
  const visited = new Set<string>();
  function addExpression(expression: Expression): void {
    for (const { kind, target, address, when } of expectationsOf(expression)) {
      if (when !== undefined) addCondition(when);
      // What a policy sets is not read from a machine.
      if (kind !== parameterKind && !requests.has(address)) requests.set(address, { kind, target, address });
    }
  }
  function addCondition(id: string): void {
    if (visited.has(id)) return;
    visited.add(id);
    const condition = pack.conditions.get(id);
    if (condition !== undefined) addExpression(condition.require);
  }
  for (const id of checkIds) {
    const check = pack.checks.get(id);
    if (check === undefined || check.require === null) continue;
    check.applies.forEach(addCondition);
    addExpression(check.require);
  }
  return [...requests.values()];
}

const readers = new WeakMap<Pick<Pack, "checks" | "conditions">, ReadonlyMap<FactAddress, readonly string[]>>();

/** The ids of the checks that look at a fact at one of these addresses: all whose verdict such a fact can alter. */
export function checksReading(
  pack: Pick<Pack, "checks" | "conditions">,
  addresses: Iterable<FactAddress>,
): ReadonlySet<string> {
  const known = readers.get(pack) ?? readersIn(pack);
  readers.set(pack, known);
  return new Set([...addresses].flatMap((address) => known.get(address) ?? []));
}

function readersIn(pack: Pick<Pack, "checks" | "conditions">): Map<FactAddress, string[]> {
  const found = new Map<FactAddress, string[]>();
  for (const id of pack.checks.keys()) {
    for (const { address } of factRequestsOfChecks(pack, [id])) {
      const ids = found.get(address) ?? [];
      ids.push(id);
      found.set(address, ids);
    }
  }
  return found;
}
