import { Value } from "typebox/value";
import { CheckSource } from "./check-file.ts";
import { type CompileContext, isRecord } from "./compile-context.ts";
import { compileExpression } from "./compile-expression.ts";
import { ConditionSource } from "./condition-file.ts";
import type { Check, Condition } from "./pack.ts";
import { shapeProblems } from "./shape-problems.ts";

/** The check written under `id`; null when something in it is wrong, told in `context.problems`. */
export function compileCheck(id: string, raw: unknown, context: CompileContext): Check | null {
  const { source, problems } = context;
  if (!Value.Check(CheckSource, raw)) {
    problems.push(...shapeProblems(source, [id], CheckSource, raw));
    if (isRecord(raw) && raw["require"] !== undefined) compileExpression(raw["require"], [id, "require"], context);
    return null;
  }
  for (const [index, condition] of (raw.applies ?? []).entries())
    context.conditionUses.push({ id: condition, source, path: [id, "applies", index] });
  if ((raw.require === undefined) === (raw.not_ported === undefined)) {
    const what = raw.require === undefined ? "neither require nor not_ported" : "both require and not_ported";
    problems.push(source.problemAt([id], `has ${what}: write what must hold, or why there is no check yet`));
    return null;
  }
  const require = raw.require === undefined ? null : compileExpression(raw.require, [id, "require"], context);
  if (raw.require !== undefined && require === null) return null;
  return {
    id,
    title: raw.title,
    severity: raw.severity,
    category: raw.category,
    rationale: raw.rationale.trim(),
    impact: raw.impact.trim(),
    remediation: raw.remediation.trim(),
    applies: raw.applies ?? [],
    require,
    notPorted: raw.not_ported?.trim() ?? null,
  };
}

/** @see compileCheck */
export function compileCondition(id: string, raw: unknown, context: CompileContext): Condition | null {
  if (!Value.Check(ConditionSource, raw)) {
    context.problems.push(...shapeProblems(context.source, [id], ConditionSource, raw));
    return null;
  }
  const require = compileExpression(raw.require, [id, "require"], context);
  return require === null ? null : { id, otherwise: raw.otherwise.trim(), require };
}
