import { Value } from "typebox/value";
import { CheckSource, VariantSource } from "./check-file.ts";
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

/** Whether what is written is a variant, sound or not. */
export function isVariant(raw: unknown): raw is { readonly extends: unknown } {
  return isRecord(raw) && raw["extends"] !== undefined;
}

/**
 * The variant written under `id`; null when something in it is wrong, told in `context.problems`.
 *
 * @param base the check it extends; null when there is none, or one with problems, which have been told.
 */
export function compileVariant(id: string, raw: unknown, base: Check | null, context: CompileContext): Check | null {
  const { source, problems } = context;
  const shape = shapeProblems(source, [id], VariantSource, raw);
  problems.push(...shape);
  const requireRaw = isRecord(raw) ? raw["require"] : undefined;
  const ownRequire = requireRaw === undefined ? null : compileExpression(requireRaw, [id, "require"], context);
  if (!Value.Check(VariantSource, raw) || shape.length > 0) return null;
  for (const [index, condition] of (raw.applies ?? []).entries())
    context.conditionUses.push({ id: condition, source, path: [id, "applies", index] });
  if (Object.keys(raw).length === 1) {
    problems.push(source.problemAt([id], `is the same as "${raw.extends}"; use that one`));
    return null;
  }
  if (requireRaw !== undefined && raw.not_ported !== undefined) {
    problems.push(
      source.problemAt([id], "has both require and not_ported: write what must hold, or why there is no check yet"),
    );
    return null;
  }
  if (base === null || (requireRaw !== undefined && ownRequire === null)) return null;
  const notPorted = raw.not_ported?.trim() ?? (requireRaw === undefined ? base.notPorted : null);
  return {
    id,
    title: raw.title ?? base.title,
    severity: raw.severity ?? base.severity,
    category: raw.category ?? base.category,
    rationale: raw.rationale?.trim() ?? base.rationale,
    impact: raw.impact?.trim() ?? base.impact,
    remediation: raw.remediation?.trim() ?? base.remediation,
    applies: raw.applies ?? base.applies,
    require: notPorted === null ? (ownRequire ?? base.require) : null,
    notPorted,
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
