import type { Json } from "@holdfast/contracts/json";
import type { OsType } from "@holdfast/contracts/platform";
import type { Pack } from "./pack.ts";

/** A value that a site chooses in its policy, e.g. its time servers. Its bounds leave only what is as strict as the benchmark. */
export type Parameter = ParameterBase &
  (
    | { readonly type: "list"; readonly default: readonly string[]; readonly pattern?: string }
    | { readonly type: "string"; readonly default: string; readonly pattern?: string }
    | { readonly type: "number"; readonly default: number; readonly min?: number; readonly max?: number }
    | { readonly type: "enum"; readonly default: string; readonly choices: readonly string[] }
  );

interface ParameterBase {
  readonly id: string;
  /** Whose checks refer to it. */
  readonly osType: OsType;
  readonly title: string;
  readonly description: string;
}

/** What a policy for an operating system may set. */
export function parametersFor({ parameters = [] }: Pick<Pack, "parameters">, osType: OsType): readonly Parameter[] {
  return parameters.filter((parameter) => parameter.osType === osType);
}

/** The values that a policy sets, by parameter id. */
export type ParameterValues = ReadonlyMap<string, Json>;

const maxItems = 100;
const maxLength = 500;

/** Why a value is none for the parameter, in a sentence; null when it is. */
export function parameterProblem(parameter: Parameter, value: unknown): string | null {
  switch (parameter.type) {
    case "list":
      if (!Array.isArray(value) || value.length > maxItems) return `must be a list of at most ${maxItems} texts`;
      return value.map((item) => textProblem(item, parameter.pattern)).find((problem) => problem !== null) ?? null;
    case "string":
      return textProblem(value, parameter.pattern);
    case "number": {
      const { min = -Infinity, max = Infinity } = parameter;
      if (typeof value !== "number" || !Number.isFinite(value)) return "must be a number";
      if (value < min) return `must be at least ${min}`;
      return value > max ? `must be at most ${max}` : null;
    }
    case "enum":
      return parameter.choices.some((choice) => choice === value)
        ? null
        : `must be one of ${parameter.choices.join(", ")}`;
  }
}

function textProblem(value: unknown, pattern: string | undefined): string | null {
  if (typeof value !== "string" || value.length > maxLength) return `must be a text of at most ${maxLength} characters`;
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return `"${value}" must match /${pattern}/`;
  return null;
}

/** What is wrong with a policy's values, by parameter id; empty when all can be used. Also tells ids the pack does not have. */
export function parameterProblems(
  pack: Pick<Pack, "parameters">,
  values: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> {
  const known = new Map((pack.parameters ?? []).map((parameter) => [parameter.id, parameter]));
  return new Map(
    Object.entries(values).flatMap(([id, value]): [string, string][] => {
      const parameter = known.get(id);
      const problem = parameter === undefined ? "there is no such parameter" : parameterProblem(parameter, value);
      return problem === null ? [] : [[id, problem]];
    }),
  );
}
