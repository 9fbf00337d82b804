import type { TSchema } from "typebox";
import type { TLocalizedValidationError } from "typebox/error";
import { Value } from "typebox/value";
import { suggestion } from "./nearest-name.ts";
import type { Problem } from "./problem.ts";
import { memberNames } from "./schema-members.ts";
import type { YamlPath, YamlSource } from "./yaml-source.ts";

/** What keeps a value, found at `path` of a file, from having a schema's shape, in words for its author. Empty: it has it. */
export function shapeProblems(source: YamlSource, path: YamlPath, schema: TSchema, value: unknown): Problem[] {
  const errors = Value.Errors(schema, value).filter(
    // A union reports each branch that does not fit; the union's own error says it once.
    ({ keyword, schemaPath }) => keyword !== "boolean" && !/\/anyOf\/\d+/.test(schemaPath),
  );
  return errors.flatMap((error) => {
    const at = [...path, ...pointerPath(error.instancePath, value)];
    return messagesOf(error, source, at, valueAt(value, error.instancePath), schema).map(({ member, message }) =>
      source.problemAt(member === undefined ? at : [...at, member], message),
    );
  });
}

function messagesOf(
  error: TLocalizedValidationError,
  source: YamlSource,
  at: YamlPath,
  value: unknown,
  schema: TSchema,
): { readonly member?: string; readonly message: string }[] {
  const { keyword, params } = error;
  if (keyword === "additionalProperties") {
    const known = memberNames(schemaAt(schema, error.schemaPath));
    return params.additionalProperties.map((member) => ({
      member,
      message: `unknown member "${member}"${suggestion(member, known)}${known.length > 0 ? ` (known: ${known.join(", ")})` : ""}`,
    }));
  }
  if (keyword === "required") return params.requiredProperties.map((member) => ({ message: `"${member}" is missing` }));
  if (keyword === "type" && params.type === "string" && isMisread(value)) {
    const written = source.writtenAt(at) ?? String(value);
    return [
      { message: `write "${written}" in quotes: YAML reads it as the ${typeof value} ${value}, a text is wanted` },
    ];
  }
  if (keyword === "enum") return [{ message: `must be one of ${params.allowedValues.join(", ")}` }];
  if (keyword === "anyOf") {
    const choices = constantsOf(schemaAt(schema, error.schemaPath));
    return [{ message: choices === null ? "has none of the accepted forms" : `must be ${choices.join(" or ")}` }];
  }
  if (keyword === "minLength" || keyword === "minItems") return [{ message: "must not be empty" }];
  return [{ message: error.message }];
}

function isMisread(value: unknown): value is number | boolean {
  return typeof value === "number" || typeof value === "boolean";
}

/** A JSON pointer's parts; numbers where the value has a list. */
function pointerPath(pointer: string, value: unknown): YamlPath {
  let here = value;
  return pointerParts(pointer).map((part) => {
    const isIndex = Array.isArray(here);
    here = memberOf(here, part);
    return isIndex ? Number(part) : part;
  });
}

function valueAt(value: unknown, pointer: string): unknown {
  return pointerParts(pointer).reduce(memberOf, value);
}

/** The schema an error's `schemaPath` (a JSON pointer with "#") leads to. */
function schemaAt(schema: TSchema, schemaPath: string): unknown {
  return pointerParts(schemaPath.replace(/^#/, "")).reduce(memberOf, schema as unknown);
}

function pointerParts(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

/** The values a union of constants allows; null when it allows more than constants. */
function constantsOf(schema: unknown): unknown[] | null {
  const branches = memberOf(schema, "anyOf");
  if (!Array.isArray(branches)) return null;
  const values = branches.map((branch) => (memberOf(branch, "type") === "null" ? "null" : memberOf(branch, "const")));
  return values.includes(undefined) ? null : values;
}
