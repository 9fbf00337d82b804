import type { Expectation } from "@holdfast/content/expression";
import type { ParameterValues } from "@holdfast/content/parameter";
import type { Observation } from "@holdfast/contracts/fact";
import type { Json } from "@holdfast/contracts/json";
import type { JudgeContext } from "./judge.ts";

/** The kind whose state is a policy's own value, see resources/parameter.ts. */
export const parameterKind = "parameter";

/** What an expectation wants, with the values that the policy sets in the place of the pack's defaults. */
export function desiredOf({ desired, parameters }: Expectation, values: ParameterValues | undefined): Json {
  if (parameters === undefined || values === undefined || !isObject(desired)) return desired;
  const chosen = Object.entries(parameters).flatMap(([member, id]): [string, Json][] => {
    const value = values.get(id);
    return value === undefined ? [] : [[member, value]];
  });
  return chosen.length === 0 ? desired : { ...desired, ...Object.fromEntries(chosen) };
}

/**
 * The fact an expectation is judged on; undefined when it was not collected. Of a parameter it is what the policy sets,
 * which no device can say otherwise of; then what a proof gives, then the pack's default.
 */
export function observationOf(
  { kind, address, target }: Expectation,
  { facts, parameters }: Pick<JudgeContext, "facts" | "parameters">,
): Observation | undefined {
  if (kind !== parameterKind || !isObject(target)) return facts.get(address);
  const { name, default: byDefault } = target;
  const chosen = parameters?.get(String(name));
  if (chosen !== undefined) return { state: { value: chosen } };
  return facts.get(address) ?? (byDefault === undefined ? undefined : { state: { value: byDefault } });
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
