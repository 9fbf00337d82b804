import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import type { TLocalizedValidationError } from "typebox/error";
import { Value } from "typebox/value";
import { Invalid } from "../errors.ts";
import { problemWithJson } from "./plain-json.ts";

/** A request that does not fit its schema. `part` is where: "body", "querystring", "params" or "headers". */
export class ValidationProblem extends Invalid {}

const partNames: Readonly<Record<string, string>> = {
  body: "The body",
  querystring: "The query",
  params: "The path",
  headers: "The headers",
};

/**
 * Compiles a route's schemas. Bodies are taken as they are; query strings and path parameters, which are all text, are
 * converted first. What is refused is named.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const isText = httpPart !== "body";
  return (data) => {
    const given: unknown = data ?? (isText ? {} : null);
    const problem = problemWithJson(given);
    if (problem !== null) return { error: new ValidationProblem(`${partNames[httpPart ?? "body"]} ${problem}.`) };
    const filled = Value.Default(schema, Value.Clone(given));
    const value = isText ? keepNonIntegers(schema, filled, Value.Convert(schema, Value.Clone(filled))) : filled;
    if (validator.Check(value)) return { value };
    return { error: new ValidationProblem(problemsOf(validator.Errors(value), httpPart ?? "body")) };
  };
};

/** Converting cuts "1.5" down to 1; such a text stays what it was, and is refused. */
function keepNonIntegers(schema: TSchema, given: unknown, converted: unknown): unknown {
  const properties: Readonly<Record<string, { readonly type?: string }>> = Reflect.get(schema, "properties") ?? {};
  if (!isRecord(given) || !isRecord(converted)) return converted;
  const kept = Object.entries(given).filter(
    ([key, text]) => properties[key]?.type === "integer" && typeof text === "string" && !/^[+-]?\d+$/.test(text),
  );
  return { ...converted, ...Object.fromEntries(kept) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Checks a value outside a route. @throws ValidationProblem that names what is wrong. */
export function parse<Schema extends TSchema>(
  validator: { Check(value: unknown): boolean; Errors(value: unknown): TLocalizedValidationError[] },
  value: unknown,
): asserts value is import("typebox").Static<Schema> {
  const problem = problemWithJson(value);
  if (problem !== null) throw new ValidationProblem(`The body ${problem}.`);
  if (!validator.Check(value)) throw new ValidationProblem(problemsOf(validator.Errors(value), "body"));
}

function problemsOf(errors: readonly TLocalizedValidationError[], part: string): string {
  const unknown = errors.flatMap((error) =>
    error.keyword === "additionalProperties" ? error.params.additionalProperties : [],
  );
  const where = partNames[part] ?? "The request";
  if (unknown.length > 0) return `${where} has unknown fields: ${unknown.slice(0, 10).join(", ")}.`;
  const missing = errors.flatMap((error) => (error.keyword === "required" ? error.params.requiredProperties : []));
  if (missing.length > 0) return `${where} lacks ${[...new Set(missing)].slice(0, 10).join(", ")}.`;
  const first = errors.find((error) => error.keyword !== "anyOf" && error.keyword !== "boolean") ?? errors[0];
  if (first === undefined) return `${where} is not as documented.`;
  const field = first.instancePath.split("/").filter(Boolean).join(".").slice(0, 200);
  const allowed = first.keyword === "enum" ? ` (${first.params.allowedValues.join(", ")})` : "";
  const isBlank = first.keyword === "pattern" && String(first.params.pattern) === "\\S";
  const message = isBlank ? "must not be blank" : `${first.message}${allowed}`;
  return field === "" ? `${where} ${message}.` : `${where}: "${field}" ${message}.`;
}
