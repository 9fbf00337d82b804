import { type TSchema, Type } from "typebox";
import { BenchmarkFile } from "./benchmark-file.ts";
import { CheckSource, Id, idPattern, VariantSource } from "./check-file.ts";
import { ConditionSource } from "./condition-file.ts";
import type { KindDeclaration } from "./expression.ts";
import { MappingFile } from "./mapping-file.ts";
import { ParameterReference, ParameterSource } from "./parameter-file.ts";
import { FactsSource, ProofSource } from "./proof-file.ts";
import { objectVariants } from "./schema-members.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const draft = "https://json-schema.org/draft/2020-12/schema";
const expressionRef = { $ref: "#/$defs/expression" };

/**
 * JSON Schemas of the content files, for editors: file name in `content/schema/` to schema. They say what the loader
 * checks file by file; what spans files (unknown checks, cycles) only the loader sees.
 */
export function jsonSchemas(kinds: Iterable<KindDeclaration>): ReadonlyMap<string, JsonSchema> {
  const $defs = { expression: expressionSchema([...kinds]), parameter: ParameterReference };
  const proofs = Type.Array(ProofSource, { minItems: 1 });
  return new Map<string, JsonSchema>([
    ["checks.schema.json", { ...byId("Checks by id", checkOrVariant()), $defs }],
    ["conditions.schema.json", { ...byId("Conditions by id", withExpression(ConditionSource)), $defs }],
    ["mapping.schema.json", { $schema: draft, title: "Checks mapped to a catalogue of controls", ...MappingFile }],
    ["parameters.schema.json", byId("Parameters by id", ParameterSource)],
    ["benchmark.schema.json", { $schema: draft, title: "A benchmark", ...BenchmarkFile }],
    [
      "proofs.schema.json",
      {
        ...byId("Proofs by check id", proofs),
        properties: { _given: Type.Record(Type.String(), FactsSource, { description: "Shared facts by name." }) },
      },
    ],
  ]);
}

/** The text of a schema file. */
export function schemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function byId(title: string, member: JsonSchema | TSchema): JsonSchema {
  return {
    $schema: draft,
    title,
    type: "object",
    patternProperties: { [idPattern]: member },
    additionalProperties: false,
  };
}

/** Chosen by `extends`, so that an editor tells what is missing of the one that is being written. */
function checkOrVariant(): JsonSchema {
  return {
    if: { type: "object", required: ["extends"] },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema's keyword, nothing awaits it
    then: { ...withExpression(VariantSource), not: { required: ["require", "not_ported"] } },
    else: { ...withExpression(CheckSource), oneOf: oneOf("require", "not_ported") },
  };
}

function oneOf(...names: readonly string[]): JsonSchema[] {
  return names.map((name) => ({ required: [name] }));
}

function withExpression(schema: typeof CheckSource | typeof VariantSource | typeof ConditionSource): JsonSchema {
  return { ...schema, properties: { ...schema.properties, require: expressionRef } };
}

/** A tree: exactly one of all, any, none or a resource kind. */
function expressionSchema(kinds: readonly KindDeclaration[]): JsonSchema {
  const list = { type: "array", minItems: 1, items: expressionRef };
  return {
    type: "object",
    minProperties: 1,
    maxProperties: 1,
    additionalProperties: false,
    properties: {
      all: { ...list, description: "Every one must hold." },
      any: { ...list, description: "At least one must hold." },
      none: { ...list, description: "None may hold." },
      ...Object.fromEntries(kinds.map((kind) => [kind.kind, expectationSchema(kind)])),
    },
  };
}

/** Every way to combine a form of the target with a form of what is desired. */
function expectationSchema(kind: KindDeclaration): JsonSchema {
  const forms = objectVariants(kind.target).flatMap((target) =>
    objectVariants(kind.desired).map((desired) => ({
      type: "object",
      required: [...new Set([...target.required, ...desired.required])],
      properties: {
        ...orParameter(desired.properties),
        ...target.properties,
        when: { ...Id, description: "Id of a condition." },
      },
      additionalProperties: false,
    })),
  );
  const [only] = forms;
  return forms.length === 1 && only !== undefined ? only : { anyOf: forms };
}

/** Any desired member may be given by a policy's parameter. */
function orParameter(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, { anyOf: [schema, { $ref: "#/$defs/parameter" }] }]),
  );
}
