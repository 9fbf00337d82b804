import { idPattern } from "./check-file.ts";
import { compileBenchmark } from "./compile-benchmark.ts";
import { compileChecks } from "./compile-checks.ts";
import { type CompileContext, type ConditionUse, isRecord } from "./compile-context.ts";
import { compileCondition, isVariant } from "./compile-definitions.ts";
import { compileMappings } from "./compile-mappings.ts";
import { compileParameter } from "./compile-parameters.ts";
import type { KindDeclaration } from "./expression.ts";
import type { Benchmark, Condition, Pack } from "./pack.ts";
import { packFrom } from "./pack-json.ts";
import type { Parameter } from "./parameter.ts";
import type { Problem } from "./problem.ts";
import { conditionProblems, conflictingTargets, unusedChecks } from "./references.ts";
import type { YamlSource } from "./yaml-source.ts";

/** The parsed files of a content directory. */
export interface ContentSources {
  readonly checks: readonly YamlSource[];
  readonly conditions: readonly YamlSource[];
  readonly benchmarks: readonly YamlSource[];
  readonly mappings?: readonly YamlSource[];
  readonly parameters?: readonly YamlSource[];
}

/**
 * Validates and compiles parsed content. What is wrong is left out of the pack and told in `problems`, in the order of
 * files and lines; a pack is fit for use only when there are none.
 */
export function compilePack(
  sources: ContentSources,
  kinds: ReadonlyMap<string, KindDeclaration>,
): { readonly pack: Pack; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const conditionUses: ConditionUse[] = [];
  const definedAt = new Map<string, Place>();
  const entries = (source: YamlSource, what: string): [string, unknown][] => {
    problems.push(...source.problems);
    return namedEntries(source, what, definedAt, problems);
  };
  const parameters = new Map<string, Parameter>();
  for (const source of sources.parameters ?? []) {
    for (const [id, raw] of entries(source, "parameter")) {
      const parameter = compileParameter(id, raw, { source, problems });
      if (parameter !== null) parameters.set(id, parameter);
    }
  }
  const conditions: Condition[] = [];
  const allConditionIds: string[] = [];
  for (const source of sources.conditions) {
    const context: CompileContext = { source, kinds, problems, conditionUses, parameters };
    for (const [id, raw] of entries(source, "condition")) {
      allConditionIds.push(id);
      const condition = compileCondition(id, raw, context);
      if (condition !== null) conditions.push(condition);
    }
  }
  const checkEntries = sources.checks.flatMap((source) =>
    entries(source, "check").map(([id, raw]) => ({
      id,
      raw,
      context: { source, kinds, problems, conditionUses, parameters },
    })),
  );
  const allCheckIds = checkEntries.map(({ id }) => id);
  const checks = compileChecks(checkEntries);
  const benchmarks: Benchmark[] = [];
  for (const source of sources.benchmarks) {
    problems.push(...source.problems);
    const benchmark = compileBenchmark(source, allCheckIds, problems);
    if (benchmark !== null) benchmarks.push(benchmark);
  }
  const placeOf = (what: string, id: string) => definedAt.get(`${what} ${id}`);
  problems.push(
    ...conditionProblems(conditionUses, allConditionIds, conditions, (id) => placeOf("condition", id)),
    ...conflictingTargets(checks, conditions, (id) => placeOf("check", id) ?? placeOf("condition", id)),
    ...unusedChecks(allCheckIds, benchmarks, (id) => placeOf("check", id)),
  );
  const { catalogues, mappings } = compileMappings(
    sources.mappings ?? [],
    allCheckIds,
    new Map(checkEntries.flatMap(({ id, raw }) => (isVariant(raw) ? [[id, String(raw.extends)] as const] : []))),
    problems,
  );
  const mapped = checks.map((check) => {
    const served = mappings.get(check.id);
    return served === undefined ? check : { ...check, mappings: served };
  });
  return {
    pack: packFrom({ conditions, checks: mapped, benchmarks, catalogues, parameters: [...parameters.values()] }),
    problems: inOrder(problems),
  };
}

/** Where a check or condition is written. */
export interface Place {
  readonly source: YamlSource;
  readonly path: readonly [string];
}

/** The file's top-level members with sound, unique ids. */
function namedEntries(
  source: YamlSource,
  what: string,
  definedAt: Map<string, Place>,
  problems: Problem[],
): [string, unknown][] {
  if (source.value === null) return [];
  if (!isRecord(source.value)) {
    problems.push(source.problemAt([], `must map ${what} ids to ${what}s`));
    return [];
  }
  return Object.entries(source.value).filter(([id]) => {
    const key = `${what} ${id}`;
    const first = definedAt.get(key);
    if (first !== undefined) {
      const where = `${first.source.file}:${first.source.lineAt(first.path)}`;
      problems.push(
        source.problemAt([id], `the ${what} "${id}" already exists in ${where}; choose another id or remove one`),
      );
      return false;
    }
    definedAt.set(key, { source, path: [id] });
    if (new RegExp(idPattern, "u").test(id)) return true;
    problems.push(source.problemAt([id], "an id is lower-case words and digits joined by hyphens"));
    return false;
  });
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}
