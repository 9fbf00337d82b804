import type { Expression } from "@holdfast/content/expression";
import type { Check, Condition, Pack } from "@holdfast/content/pack";
import type { Json } from "@holdfast/contracts/json";
import { findResource } from "../registry.ts";

/** An expectation of a kind, as a pack would hold it. */
export function anExpectation(kind: string, target: Json, desired: Json, when?: string): Expression {
  const resource = findResource(kind);
  if (resource === null) throw new RangeError(`no resource kind "${kind}"`);
  const address = resource.address(target as never);
  return { expectation: { kind, target, desired, address, ...(when === undefined ? {} : { when }) } };
}

/** A ported check that requires something. */
export function aCheck(require: Expression, over: Partial<Check> = {}): Check {
  return {
    id: "a-check",
    title: "A check",
    severity: "medium",
    category: "network",
    rationale: "",
    impact: "",
    remediation: "",
    applies: [],
    require,
    notPorted: null,
    ...over,
  };
}

/** What executing needs of a pack. */
export function aPack(check: Check, conditions: readonly Condition[] = []): Pick<Pack, "checks" | "conditions"> {
  return {
    checks: new Map([[check.id, check]]),
    conditions: new Map(conditions.map((condition) => [condition.id, condition])),
  };
}
