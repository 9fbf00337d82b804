import { createHash } from "node:crypto";
import { childrenOf, type Expectation, type Expression } from "@holdfast/content/expression";
import type { Check } from "@holdfast/content/pack";
import { canonicalJson } from "@holdfast/contracts/json";
import type { Change, Plan } from "@holdfast/contracts/plan";
import { type CheckResult, type JudgeContext, judgeCheck } from "./judge.ts";
import { desiredOf } from "./parameters.ts";
import { findResource } from "./registry.ts";
import type { PlanPart } from "./resource.ts";

/** Why there is no plan, in a sentence, and what a person can do instead. */
export interface NoPlan {
  readonly none: string;
}

/**
 * The exact changes that would make a failing check pass; no changes when it passes already. Pure.
 *
 * Of an `all`, every failing member is planned; of an `any`, the first member that can be. There is no plan when the
 * check does not apply or could not be judged, or when it fails in any respect that has no safe fix.
 */
export function planCheck(check: Check, context: JudgeContext): Plan | NoPlan {
  const { verdict, message } = judgeCheck(check, context);
  if (check.require === null || verdict === "not_ported") return { none: message };
  if (verdict === "pass") return { checkId: check.id, changes: [], activations: [], risk: "" };
  if (verdict === "not_applicable") return { none: `The check does not apply: ${message}` };
  if (verdict === "error") return { none: `The check could not be judged: ${message}` };
  if (verdict === "manual") return byHand(check, "A person has to decide.");
  const judge = (require: Expression): CheckResult => judgeCheck({ ...check, applies: [], require }, context);
  const part = planExpression(check.require, { ...context, judge });
  if (part === null || part.changes.length === 0) return byHand(check, "There is no safe fix for what was found.");
  const contested = findContested(part.changes);
  if (contested !== null) return byHand(check, `It asks for different things of ${contested}.`);
  return {
    checkId: check.id,
    changes: [...part.changes],
    activations: part.activations.filter((activation) => activation !== "none"),
    risk: part.risk,
  };
}

/** SHA-256 (hex) of the plan's canonical JSON: what an approval is bound to. */
export function planHash(plan: Plan): string {
  return createHash("sha256").update(canonicalJson(plan), "utf8").digest("hex");
}

function byHand({ remediation }: Check, reason: string): NoPlan {
  return { none: remediation === "" ? reason : `${reason} By hand: ${remediation.trim()}` };
}

interface Planning extends Pick<JudgeContext, "facts" | "parameters"> {
  judge(expression: Expression): CheckResult;
}

/** What makes an expression pass; null when that cannot be planned. */
function planExpression(expression: Expression, planning: Planning): PlanPart | null {
  const { verdict } = planning.judge(expression);
  if (verdict === "pass" || verdict === "not_applicable") return { changes: [], activations: [], risk: "" };
  if (verdict !== "fail" || "none" in expression) return null;
  if ("expectation" in expression) return planExpectation(expression.expectation, planning);
  const children = childrenOf(expression).filter((child) => planning.judge(child).verdict !== "not_applicable");
  if ("any" in expression) return firstOf(children, (child) => planExpression(child, planning));
  const parts: PlanPart[] = [];
  for (const child of children) {
    const part = planExpression(child, planning);
    if (part === null) return null;
    parts.push(part);
  }
  return {
    changes: distinct(parts.flatMap((part) => part.changes)),
    activations: distinct(parts.flatMap((part) => part.activations)),
    risk: distinct(parts.map((part) => part.risk).filter((risk) => risk !== "")).join("; "),
  };
}

/** Null also when the kind calls a failing state complete: then it does not know what to change. */
function planExpectation(expectation: Expectation, { facts, parameters }: Planning): PlanPart | null {
  const { kind, address, target } = expectation;
  const desired = desiredOf(expectation, parameters);
  const observation = facts.get(address);
  const resource = findResource(kind);
  if (observation === undefined || "error" in observation || resource?.plan === undefined) return null;
  const part = resource.plan(observation.state as never, desired as never, target as never);
  return part === null || part.changes.length === 0 ? null : part;
}

/** Two changes of one thing that are not the same change: the first would undo what the second one `was` planned on. */
function findContested(changes: readonly Change[]): string | null {
  const seen = new Set<string>();
  for (const change of changes) {
    const [aspect, thing] = aspectOf(change);
    if (seen.has(`${aspect} ${thing}`)) return thing;
    seen.add(`${aspect} ${thing}`);
  }
  return null;
}

function aspectOf(change: Change): [aspect: string, thing: string] {
  switch (change.type) {
    case "write_file":
    case "remove_file":
      return ["text", change.path];
    case "set_mode":
    case "set_owner":
      return [change.type, change.path];
    case "set_sysctl":
      return [change.type, change.key];
    case "unload_module":
      return [change.type, change.name];
  }
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | null): R | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [canonicalJson(item), item])).values()];
}
