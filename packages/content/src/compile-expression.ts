import { type CompileContext, isRecord } from "./compile-context.ts";
import { compileExpectation } from "./compile-expectation.ts";
import type { Expectation, Expression } from "./expression.ts";
import { suggestion } from "./nearest-name.ts";
import type { YamlPath } from "./yaml-source.ts";

const groups = ["all", "any", "none"] as const;

/** The tree written at `path`; null when something in it is wrong, told in `context.problems`. */
export function compileExpression(raw: unknown, path: YamlPath, context: CompileContext): Expression | null {
  const report = (message: string): null => {
    context.problems.push(context.source.problemAt(path, message));
    return null;
  };
  if (!isRecord(raw)) return report("write all:, any:, none: or an expectation such as sysctl: { key: …, equals: … }");
  const keys = Object.keys(raw);
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    return report(
      `has ${keys.length === 0 ? "nothing" : keys.join(" and ")} in one place; write exactly one, or a list under all:`,
    );
  const group = groups.find((name) => name === key);
  if (group !== undefined) return compileGroup(group, raw[key], [...path, key], context);
  const kind = context.kinds.get(key);
  if (kind === undefined)
    return report(`no resource kind "${key}"${suggestion(key, [...context.kinds.keys(), ...groups])}`);
  const expectation = compileExpectation(kind, raw[key] ?? {}, [...path, key], context);
  if (expectation === null) return null;
  return key === "parameter" ? compileParameterUse(expectation, [...path, key], context) : { expectation };
}

/** An expectation of a parameter itself, `parameter: { name: firewall, equals: ufw }`: its target also holds the default. */
function compileParameterUse(expectation: Expectation, path: YamlPath, context: CompileContext): Expression | null {
  const name = isRecord(expectation.target) ? String(expectation.target["name"]) : "";
  const parameter = context.parameters?.get(name);
  if (parameter !== undefined) return { expectation: { ...expectation, target: { name, default: parameter.default } } };
  const known = [...(context.parameters?.keys() ?? [])];
  context.problems.push(context.source.problemAt(path, `no parameter "${name}"${suggestion(name, known)}`));
  return null;
}

function compileGroup(
  group: (typeof groups)[number],
  raw: unknown,
  path: YamlPath,
  context: CompileContext,
): Expression | null {
  if (!Array.isArray(raw) || raw.length === 0) {
    context.problems.push(context.source.problemAt(path, `needs a list of at least one expectation`));
    return null;
  }
  const children = raw.map((child, index) => compileExpression(child, [...path, index], context));
  const compiled = children.filter((child) => child !== null);
  if (compiled.length < children.length) return null;
  if (group === "all") return { all: compiled };
  if (group === "any") return { any: compiled };
  return { none: compiled };
}
