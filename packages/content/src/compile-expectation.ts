import type { Json } from "@holdfast/contracts/json";
import { Value } from "typebox/value";
import { type CompileContext, isRecord } from "./compile-context.ts";
import type { Expectation, KindDeclaration } from "./expression.ts";
import { suggestion } from "./nearest-name.ts";
import { ParameterReference } from "./parameter-file.ts";
import { branchesOf, memberNames } from "./schema-members.ts";
import { shapeProblems } from "./shape-problems.ts";
import type { YamlPath } from "./yaml-source.ts";

/** The expectation written at `path`, its members split into target and desired by the kind's schemas; null when it is wrong. */
export function compileExpectation(
  kind: KindDeclaration,
  raw: unknown,
  path: YamlPath,
  context: CompileContext,
): Expectation | null {
  const before = context.problems.length;
  const report = (at: YamlPath, message: string): void => {
    context.problems.push(context.source.problemAt(at, message));
  };
  if (!isRecord(raw)) {
    report(path, `needs members: ${usage(kind)}`);
    return null;
  }
  const targetNames = memberNames(kind.target);
  const desiredNames = memberNames(kind.desired);
  const { when, ...members } = raw;
  for (const name of Object.keys(members)) {
    const known = [...targetNames, ...desiredNames];
    if (!known.includes(name))
      report(
        [...path, name],
        `${kind.kind} has no member "${name}"${suggestion(name, [...known, "when"])}; it takes ${usage(kind)}`,
      );
  }
  if (when !== undefined) {
    if (typeof when === "string")
      context.conditionUses.push({ id: when, source: context.source, path: [...path, "when"] });
    else report([...path, "when"], "must be the id of one condition");
  }
  const parameters = parametersIn(members);
  const target = pick(members, (name) => targetNames.includes(name));
  const desired: Record<string, Json> = {
    ...pick(members, (name) => !targetNames.includes(name) && desiredNames.includes(name)),
  };
  const problemsBefore = context.problems.length;
  for (const [name, id] of Object.entries(parameters)) {
    const parameter = context.parameters?.get(id);
    if (targetNames.includes(name))
      report([...path, name], "what is looked at cannot be a parameter, only what is wanted");
    else if (parameter === undefined)
      report([...path, name], `no parameter "${id}"${suggestion(id, context.parameters?.keys() ?? [])}`);
    else desired[name] = parameter.default;
  }
  if (context.problems.length > problemsBefore) return null;
  context.problems.push(...shapeProblems(context.source, path, closestBranch(kind.target, target), target));
  if (Object.keys(desired).length === 0)
    report(path, `says nothing of what should be there: add ${desiredNames.join(", ")}`);
  else if (!Value.Check(kind.desired, desired)) {
    const found = shapeProblems(context.source, path, closestBranch(kind.desired, desired), desired);
    if (found.length === 0) report(path, `these members do not go together: ${Object.keys(desired).join(", ")}`);
    context.problems.push(...found);
  }
  for (const name of ["matches", "pattern"]) {
    const reason = regularExpressionError({ ...members, ...desired }[name]);
    if (reason !== null) report([...path, name], reason);
  }
  if (context.problems.length > before) return null;
  return {
    kind: kind.kind,
    target,
    desired,
    // The target has just been found to have the shape that the kind asks for.
    address: kind.address(target as never),
    ...(Object.keys(parameters).length > 0 ? { parameters } : {}),
    ...(typeof when === "string" ? { when } : {}),
  };
}

/** The branch of a union that its author most likely meant: the one sharing most members, then the one asking for fewest others. */
function closestBranch(schema: KindDeclaration["desired"], members: object): KindDeclaration["desired"] {
  const names = Object.keys(members);
  const distance = (branch: unknown): number => {
    const known = memberNames(branch);
    const shared = names.filter((name) => known.includes(name)).length;
    return (Value.Check(branch as KindDeclaration["desired"], members) ? -100 : 0) - shared * 10 + known.length;
  };
  if (Reflect.get(schema, "anyOf") === undefined) return schema;
  // Branches of a TypeBox schema are TypeBox schemas.
  const branches = branchesOf(schema) as readonly KindDeclaration["desired"][];
  return [...branches].sort((a, b) => distance(a) - distance(b))[0] ?? schema;
}

/** The members written as `{ parameter: id }`, by name. */
function parametersIn(members: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      Value.Check(ParameterReference, value) ? [[name, value.parameter]] : [],
    ),
  );
}

/** YAML without custom tags holds nothing but JSON, so its members are JSON. */
function pick(members: object, wanted: (name: string) => boolean): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(members).filter(([name]) => wanted(name))) as { [key: string]: Json };
}

function usage(kind: KindDeclaration): string {
  return [...memberNames(kind.target), ...memberNames(kind.desired), "when"].join(", ");
}

function regularExpressionError(pattern: unknown): string | null {
  if (typeof pattern !== "string") return null;
  try {
    new RegExp(pattern, "u");
    return null;
  } catch (error) {
    return `not a regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
}
