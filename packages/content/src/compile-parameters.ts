import { type OsType, osTypes } from "@holdfast/contracts/platform";
import { Value } from "typebox/value";
import type { CompileContext } from "./compile-context.ts";
import { type Parameter, parameterProblem } from "./parameter.ts";
import { ParameterSource } from "./parameter-file.ts";
import { shapeProblems } from "./shape-problems.ts";

/** The parameter written under `id`; null when something in it is wrong, told in `context.problems`. */
export function compileParameter(
  id: string,
  raw: unknown,
  { source, problems }: Pick<CompileContext, "source" | "problems">,
): Parameter | null {
  if (!Value.Check(ParameterSource, raw)) {
    const found = shapeProblems(source, [id], ParameterSource, raw);
    problems.push(...found);
    if (found.length === 0) problems.push(source.problemAt([id], "needs title, description, type and default"));
    return null;
  }
  const osType = osTypeOf(source.file);
  if (osType === null) {
    problems.push(
      source.problemAt([id], `parameters belong in ${osTypes.map((os) => `parameters/${os}.yaml`).join(", ")}`),
    );
    return null;
  }
  const parameter: Parameter = { id, osType, ...raw, title: raw.title, description: raw.description.trim() };
  if ("pattern" in parameter && parameter.pattern !== undefined && !isPattern(parameter.pattern)) {
    problems.push(source.problemAt([id, "pattern"], "not a regular expression"));
    return null;
  }
  const problem = parameterProblem(parameter, parameter.default);
  if (problem === null) return parameter;
  problems.push(source.problemAt([id, "default"], problem));
  return null;
}

function osTypeOf(file: string): OsType | null {
  return osTypes.find((osType) => file === `parameters/${osType}.yaml`) ?? null;
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u").source !== "";
  } catch {
    return false;
  }
}
