import type { KindDeclaration } from "./expression.ts";
import type { Parameter } from "./parameter.ts";
import type { Problem } from "./problem.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

/** What compiling an expression needs, and where what it finds goes. */
export interface CompileContext {
  readonly source: YamlSource;
  readonly kinds: ReadonlyMap<string, KindDeclaration>;
  readonly problems: Problem[];
  /** Every use of a condition, to be resolved once all conditions are known. */
  readonly conditionUses: ConditionUse[];
  /** By id; those with mistakes are not in it. */
  readonly parameters?: ReadonlyMap<string, Parameter>;
}

export interface ConditionUse {
  readonly id: string;
  readonly source: YamlSource;
  readonly path: YamlPath;
}

/** Whether it is a map of a YAML file. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
