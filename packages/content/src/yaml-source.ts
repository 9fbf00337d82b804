import { isAlias, isMap, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { Problem } from "./problem.ts";

/** Members and indexes from the top of a file, e.g. ["ip-forwarding-off", "require", "all", 0]. */
export type YamlPath = readonly (string | number)[];

/** A parsed YAML file that still knows where everything stands. */
export interface YamlSource {
  readonly file: string;
  /** The whole file as plain data; null when it could not be parsed. */
  readonly value: unknown;
  /** What is wrong with the text itself: syntax, duplicate keys, keys that YAML misread. */
  readonly problems: readonly Problem[];
  /** The path's line, or its nearest ancestor's that exists. */
  lineAt(path: YamlPath): number;
  /** How a scalar is written in the file, e.g. "1.10" for the number 1.1; null for anything else. */
  writtenAt(path: YamlPath): string | null;
  problemAt(path: YamlPath, message: string): Problem;
}

/** Parses one YAML 1.2 document. Never throws: what is wrong is in `problems`. */
export function parseYamlSource(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineOf = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const nodeAt = (path: YamlPath): Node | null => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return isNode(node) ? node : null;
  };
  const lineAt = (path: YamlPath): number => {
    for (let length = path.length; length >= 0; length -= 1) {
      const offset = keyOffset(nodeAt(path.slice(0, Math.max(0, length - 1))), path[length - 1]);
      const start = offset ?? nodeAt(path.slice(0, length))?.range?.[0];
      if (start !== undefined) return lineOf(start);
    }
    return 1;
  };
  const problemAt = (path: YamlPath, message: string): Problem => ({
    file,
    line: lineAt(path),
    path: formatPath(path),
    message,
  });
  const problems: Problem[] = document.errors.map((error) => ({
    file,
    line: lineOf(error.pos[0]),
    path: "",
    message: `not valid YAML: ${error.message}`,
  }));
  visit(document, {
    Pair(_, pair) {
      const { key } = pair;
      if (!isScalar(key) || typeof key.value === "string") return;
      problems.push({
        file,
        line: lineOf(key.range?.[0] ?? 0),
        path: "",
        message: `write the key "${key.source ?? String(key.value)}" in quotes: YAML reads it as ${String(key.value)}`,
      });
    },
  });
  let value: unknown = null;
  try {
    if (document.errors.length === 0) value = document.toJS();
  } catch (error) {
    // Aliases without a target, or far too many.
    problems.push({
      file,
      line: 1,
      path: "",
      message: `not valid YAML: ${error instanceof Error ? error.message : error}`,
    });
  }
  return {
    file,
    value,
    problems,
    lineAt,
    writtenAt: (path) => {
      const node = nodeAt(path);
      const scalar = isAlias(node) ? node.resolve(document) : node;
      return isScalar(scalar) ? (scalar.source ?? null) : null;
    },
    problemAt,
  };
}

/** e.g. `ip-forwarding-off.require.all[0]`. */
export function formatPath(path: YamlPath): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}

/** Where a map's key is written: the line a reader looks for, even when its value starts further down. */
function keyOffset(parent: Node | null, key: string | number | undefined): number | undefined {
  if (!isMap(parent) || key === undefined) return undefined;
  const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
  return isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
}
