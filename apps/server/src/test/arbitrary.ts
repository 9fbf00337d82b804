import fc from "fast-check";

/** Text that databases, parsers and addresses trip over. */
const nasty = [
  "",
  "\0",
  "a\0b",
  "\ud800",
  "\udfff x",
  "'; drop table policy; --",
  "%",
  "%00",
  "../../etc/passwd",
  "\u202e",
  "🦊".repeat(50),
  "x".repeat(5000),
  "__proto__",
  "null",
  "NaN",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:60Z",
  "00000000-0000-0000-0000-000000000000",
];
export const wildText = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "binary", maxLength: 40 }));
const wildNumber = fc.oneof(
  fc.constantFrom(-1, 0, 0.5, 2 ** 31, 2 ** 53, 1e21, 1e308, -1e308, 5e-324),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
/** Any JSON value. */
export const wildJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom(null, true, false),
    wildText,
    wildNumber,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(wildText, tie("value"), { maxKeys: 4 }),
  ),
})).value;

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** Ids that exist, by the names of members that take them. */
export type Ids = Readonly<Record<string, string>>;

/**
 * Values for a JSON Schema: most fit it, and now and then a part of one does not.
 *
 * @param ids so that some requests get past "not found".
 */
export function nearly(schema: unknown, ids: Ids, name = ""): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 40, arbitrary: fitting(schema as Schema, ids, name) }, { weight: 1, arbitrary: wildJson });
}

function fitting(schema: Schema, ids: Ids, name: string): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if ("const" in schema) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((part) => nearly(part, ids, name)));
  if (schema.allOf !== undefined) {
    return fc
      .tuple(...schema.allOf.map((part) => fitting(part, ids, name)))
      .map((parts) => Object.assign({}, ...parts));
  }
  switch (schema.type) {
    case "object":
      return objectOf(schema, ids);
    case "array":
      return fc.array(nearly(schema.items ?? {}, ids, name), { maxLength: 4 });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "integer":
    case "number":
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -5, max: Math.min(schema.maximum ?? 500, 2 ** 31) }),
        wildNumber,
      );
    case "string":
      return textOf(schema, ids, name);
    default:
      return wildJson;
  }
}

function objectOf({ properties = {}, required = [] }: Schema, ids: Ids): fc.Arbitrary<unknown> {
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, member]) => [name, nearly(member, ids, name)]),
  );
  const whole = fc.record(members, { requiredKeys: required.filter((name) => name in members) });
  const extended = fc.tuple(whole, wildText, wildJson).map(([body, name, value]) => ({ ...body, [name]: value }));
  const lacking = fc.record(members, { requiredKeys: [] });
  return fc.oneof(
    { weight: 8, arbitrary: whole },
    { weight: 1, arbitrary: extended },
    { weight: 1, arbitrary: lacking },
  );
}

function textOf({ format, minLength = 0, maxLength = 60 }: Schema, ids: Ids, name: string): fc.Arbitrary<string> {
  if (format === "uuid") {
    const known = ids[name];
    const any = fc.constantFrom(...Object.values(ids));
    return fc.oneof({ weight: 8, arbitrary: known === undefined ? any : fc.constant(known) }, any, fc.uuid());
  }
  if (format === "date-time") {
    return fc.oneof(
      fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true }).map((date) => date.toISOString()),
      fc.constantFrom(
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999+14:00",
        "2016-12-31T23:59:60Z",
        "2026-02-30T00:00:00Z",
      ),
    );
  }
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, 60) });
  return fc.oneof({ weight: 9, arbitrary: name === "email" ? fc.emailAddress() : plain }, wildText);
}
