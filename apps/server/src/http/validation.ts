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
    const value = isText ? Value.Convert(schema, filled) : filled;
    if (validator.Check(value)) return { value };
    return { error: new ValidationProblem(problemsOf(validator.Errors(value), httpPart ?? "body")) };
  };
};

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
  return field === "" ? `${where} ${first.message}${allowed}.` : `${where}: "${field}" ${first.message}${allowed}.`;
}
