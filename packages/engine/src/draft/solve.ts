import { childrenOf, type Expectation, type Expression, expectationsOf } from "@holdfast/content/expression";
import type { Check, Condition } from "@holdfast/content/pack";
import type { FactAddress } from "@holdfast/contracts/fact";
import type { Verdict } from "@holdfast/contracts/verdict";
import { findResource } from "../registry.ts";
import { opposite } from "../verdict-algebra.ts";
import type { Candidate } from "./candidate.ts";

/** One made-up state per address: a machine, as far as a check looks at it. */
export type Assignment = ReadonlyMap<FactAddress, Candidate>;

export interface SolveContext {
  readonly conditions: ReadonlyMap<string, Condition>;
  readonly candidates: ReadonlyMap<FactAddress, readonly Candidate[]>;
}

/** A tree and the verdicts it may have, the best first. */
interface Goal {
  readonly tree: Expression;
  readonly verdicts: readonly Verdict[];
}

/** States of some addresses with which every goal is reached; null when none was found in a bounded search. */
export function solve(goals: readonly Goal[], context: SolveContext): Assignment | null {
  const search = { ...context, stepsLeft: 200_000 };
  for (const assignment of reachAll(goals, new Map(), search)) return assignment;
  return null;
}

/** What must hold around the check's `index`th expectation so that it alone decides the check's verdict, when it has `verdicts`. */
export function pivotGoals(
  check: Check,
  index: number,
  verdicts: readonly Verdict[],
  conditions: SolveContext["conditions"],
): Goal[] {
  const goals = check.applies.flatMap((id) => conditionGoals(id, ["pass"], conditions));
  if (check.require === null) return goals;
  let count = 0;
  const walk = (tree: Expression): Goal[] => {
    if ("expectation" in tree) {
      count += 1;
      return [{ tree, verdicts }];
    }
    const children = childrenOf(tree);
    const onPath = children.find((child) => {
      const size = [...expectationsOf(child)].length;
      if (index < count + size) return true;
      count += size;
      return false;
    });
    const neutral: Verdict[] = ["all" in tree ? "pass" : "fail", "not_applicable", "manual"];
    const siblings = children.filter((child) => child !== onPath).map((child) => ({ tree: child, verdicts: neutral }));
    return [...(onPath === undefined ? [] : walk(onPath)), ...siblings];
  };
  return [...goals, ...walk(check.require)];
}

/** The goal that a condition holds, or does not. None for a condition that does not exist. */
export function conditionGoals(
  id: string,
  verdicts: readonly Verdict[],
  conditions: SolveContext["conditions"],
): Goal[] {
  const condition = conditions.get(id);
  return condition === undefined ? [] : [{ tree: condition.require, verdicts }];
}

interface Search extends SolveContext {
  stepsLeft: number;
}

function* reachAll(goals: readonly Goal[], from: Assignment, search: Search): Generator<Assignment> {
  const [goal, ...rest] = goals;
  if (goal === undefined) {
    yield from;
    return;
  }
  for (const verdict of goal.verdicts)
    for (const assignment of reach(goal.tree, verdict, from, search)) yield* reachAll(rest, assignment, search);
}

function* reach(tree: Expression, verdict: Verdict, from: Assignment, search: Search): Generator<Assignment> {
  search.stepsLeft -= 1;
  if (search.stepsLeft < 0) return;
  if ("expectation" in tree) {
    yield* reachLeaf(tree.expectation, verdict, from, search);
    return;
  }
  for (const goals of waysTo(tree, verdict)) yield* reachAll(goals, from, search);
}

/** The combinations of its members' verdicts that give a group a verdict. */
function waysTo(tree: Exclude<Expression, { expectation: Expectation }>, verdict: Verdict): Goal[][] {
  const children = childrenOf(tree);
  const isNone = "none" in tree;
  const wanted = isNone ? opposite(verdict) : verdict;
  const needsOne = "all" in tree ? "fail" : "pass";
  const rest: Verdict = needsOne === "fail" ? "pass" : "fail";
  const goal = (child: Expression, ...verdicts: Verdict[]): Goal => ({ tree: child, verdicts });
  if (wanted === needsOne) {
    return children.map((child) => [
      goal(child, needsOne),
      ...children
        .filter((other) => other !== child)
        .map((other) => goal(other, rest, "not_applicable", "manual", needsOne)),
    ]);
  }
  if (wanted === "manual") {
    return children.map((child) => [
      goal(child, "manual"),
      ...children.filter((other) => other !== child).map((other) => goal(other, rest, "not_applicable", "manual")),
    ]);
  }
  if (wanted !== rest) return [children.map((child) => goal(child, wanted))];
  const allRest = children.map((child) => goal(child, rest));
  // One decides, the others do not apply or agree.
  const oneRest = children.map((child) => [
    goal(child, rest),
    ...children.filter((other) => other !== child).map((other) => goal(other, rest, "not_applicable")),
  ]);
  return [allRest, ...oneRest];
}

function* reachLeaf(
  expectation: Expectation,
  verdict: Verdict,
  from: Assignment,
  search: Search,
): Generator<Assignment> {
  const { when } = expectation;
  if (when === undefined) {
    yield* assign(expectation, verdict, from, search);
    return;
  }
  for (const held of reachAll(conditionGoals(when, ["pass"], search.conditions), from, search))
    yield* assign(expectation, verdict, held, search);
  if (verdict === "not_applicable")
    yield* reachAll(conditionGoals(when, ["fail", "not_applicable"], search.conditions), from, search);
}

function* assign(expectation: Expectation, verdict: Verdict, from: Assignment, search: Search): Generator<Assignment> {
  const { address } = expectation;
  const assigned = from.get(address);
  for (const candidate of assigned === undefined ? (search.candidates.get(address) ?? []) : [assigned]) {
    search.stepsLeft -= 1;
    if (verdictOn(expectation, candidate) === verdict) yield new Map(from).set(address, candidate);
  }
}

/** What an expectation says of a state, its condition aside. */
export function verdictOn({ kind, desired, target }: Expectation, { state }: Candidate): Verdict {
  try {
    return findResource(kind)?.judge(state as never, desired as never, target as never).verdict ?? "error";
  } catch {
    return "error";
  }
}
