import type { Pack } from "@holdfast/content/pack";
import { type ParameterValues, parameterProblems, parametersFor } from "@holdfast/content/parameter";
import type { OsType } from "@holdfast/contracts/platform";
import type { ParameterSettings } from "@holdfast/contracts/wire";
import { Invalid } from "../../errors.ts";

/** @throws Invalid naming each value that a policy for this operating system cannot have. */
export function refuseBadValues(pack: Pack, osType: OsType, values: ParameterSettings): void {
  const problems = parameterProblems({ parameters: parametersFor(pack, osType) }, values);
  if (problems.size === 0) return;
  const each = [...problems].map(([id, problem]) => `"parameters.${id.slice(0, 100)}" ${problem}`);
  throw new Invalid(`The body: ${each.slice(0, 10).join("; ")}.`);
}

/** As judging takes them. */
export function valuesOf({ parameters }: { readonly parameters: ParameterSettings | null }): ParameterValues {
  return new Map(Object.entries(parameters ?? {}));
}
