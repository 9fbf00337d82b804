import { childrenOf, type Expectation, type Expression } from "@holdfast/content/expression";
import type { Check, Condition } from "@holdfast/content/pack";
import type { ParameterValues } from "@holdfast/content/parameter";
import type { Facts } from "@holdfast/contracts/fact";
import type { Evidence } from "@holdfast/contracts/finding";
import type { Verdict } from "@holdfast/contracts/verdict";
import { Value } from "typebox/value";
import { desiredOf, observationOf } from "./parameters.ts";
import { printable } from "./printable.ts";
import { findResource } from "./registry.ts";
import type { Judgement } from "./resource.ts";
import { allOf, anyOf, noneOf } from "./verdict-algebra.ts";

/** A check's verdict on a set of facts, with the evidence that decided it. */
export interface CheckResult {
  readonly verdict: Verdict | "not_ported";
  /** The expectations that decided: the failing ones of a failed `all`, the passing one of a passed `any`, … */
  readonly evidence: readonly Evidence[];
  /** The reason for every verdict but pass; empty for pass. */
  readonly message: string;
}

/** What judging looks up besides the check: the facts, and the pack's conditions. */
export interface JudgeContext {
  readonly facts: Facts;
  readonly conditions: ReadonlyMap<string, Condition>;
  /** What the policy sets; for a parameter that is not there the pack's default counts. */
  readonly parameters?: ParameterValues;
}

/** Judges one check. Pure; never throws: what cannot be judged is `error` with its reason. */
export function judgeCheck(check: Check, context: JudgeContext): CheckResult {
  if (check.require === null)
    return { verdict: "not_ported", evidence: [], message: check.notPorted ?? "Not ported yet." };
  for (const id of check.applies) {
    const outcome = conditionOutcome(id, context);
    if (outcome.verdict !== "pass")
      return { verdict: outcome.verdict, evidence: outcome.evidence, message: outcome.reason };
  }
  const { verdict, evidence } = judgeExpression(check.require, context);
  return { verdict, evidence, message: messageOf(verdict, evidence) };
}

interface Outcome {
  readonly verdict: Verdict;
  readonly evidence: readonly Evidence[];
}

function judgeExpression(expression: Expression, context: JudgeContext): Outcome {
  if ("expectation" in expression) return judgeExpectation(expression.expectation, context);
  const outcomes = childrenOf(expression).map((child) => judgeExpression(child, context));
  const verdicts = outcomes.map((outcome) => outcome.verdict);
  if ("none" in expression) return { verdict: noneOf(verdicts), evidence: outcomes.flatMap(negatedEvidence) };
  const verdict = "all" in expression ? allOf(verdicts) : anyOf(verdicts);
  return { verdict, evidence: outcomes.filter((outcome) => outcome.verdict === verdict).flatMap((o) => o.evidence) };
}

function negatedEvidence(outcome: Outcome): Evidence[] {
  return outcome.evidence.map((item) => ({
    ...item,
    verdict: noneOf([item.verdict]),
    expected: `not: ${item.expected}`,
  }));
}

function judgeExpectation(expectation: Expectation, context: JudgeContext): Outcome {
  const { kind, address, when } = expectation;
  if (when !== undefined) {
    const condition = conditionOutcome(when, context);
    if (condition.verdict !== "pass") {
      const item = { address, verdict: condition.verdict, expected: "", actual: condition.reason, source: null };
      return { verdict: condition.verdict, evidence: [item] };
    }
  }
  const observation = observationOf(expectation, context);
  if (observation === undefined) return unjudged(address, "This fact was not collected; scan again.");
  if ("error" in observation) return unjudged(address, observation.error.message);
  const resource = findResource(kind);
  if (resource === null) return unjudged(address, `This version does not know the resource kind "${kind}".`);
  const desired = desiredOf(expectation, context.parameters);
  if (desired !== expectation.desired && !Value.Check(resource.desired, desired))
    return unjudged(address, "A value that the policy sets cannot be used here.");
  try {
    const judgement = resource.judge(observation.state as never, desired as never, expectation.target as never);
    return { verdict: judgement.verdict, evidence: [{ address, ...printableTexts(judgement) }] };
  } catch (error) {
    return unjudged(
      address,
      `The fact does not have the expected shape: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function printableTexts(judgement: Judgement): Judgement {
  const { verdict, expected, actual, source } = judgement;
  return {
    verdict,
    expected: printable(expected),
    actual: printable(actual),
    source: source === null ? null : printable(source),
  };
}

function unjudged(address: string, reason: string): Outcome {
  const item = { address, verdict: "error" as const, expected: "", actual: printable(reason), source: null };
  return { verdict: "error", evidence: [item] };
}

interface ConditionOutcome extends Outcome {
  readonly reason: string;
}

/** Many checks depend on a few conditions: within a context each is judged once. */
const conditionOutcomes = new WeakMap<JudgeContext, Map<string, ConditionOutcome>>();

/** `pass` when the condition holds; else the verdict its check or expectation gets, with the reason. */
function conditionOutcome(id: string, context: JudgeContext): ConditionOutcome {
  const known = conditionOutcomes.get(context) ?? new Map<string, ConditionOutcome>();
  conditionOutcomes.set(context, known);
  const outcome = known.get(id) ?? judgeCondition(id, context);
  known.set(id, outcome);
  return outcome;
}

function judgeCondition(id: string, context: JudgeContext): ConditionOutcome {
  const condition = context.conditions.get(id);
  if (condition === undefined) return { verdict: "error", evidence: [], reason: `Unknown condition "${id}".` };
  const { verdict, evidence } = judgeExpression(condition.require, context);
  if (verdict === "pass") return { verdict, evidence, reason: "" };
  if (verdict === "error") return { verdict, evidence, reason: messageOf(verdict, evidence) };
  return { verdict: "not_applicable", evidence, reason: condition.otherwise };
}

function messageOf(verdict: Verdict, evidence: readonly Evidence[]): string {
  if (verdict === "pass") return "";
  const reasons = new Set(evidence.map((item) => item.actual).filter((text) => text !== ""));
  return [...reasons].join("; ");
}
