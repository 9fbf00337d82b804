import { canonicalJson } from "@holdfast/contracts/json";
import { exportedNames, isShape } from "./schema-names.ts";

type Schema = Record<string, unknown>;

/** Collects the schemas of a document under `components`, each once, and gives references to them. */
export class Components {
  readonly schemas: Record<string, Schema> = {};
  readonly #names = new Map(exportedNames());
  /** Names given to what has none of its own, by its text: an operation that is served twice shares its schemas. */
  readonly #given = new Map<string, string>();

  /** A reference to the schema, or the schema itself where it is too small for a name. */
  refer(schema: unknown): unknown {
    const name = this.#names.get(schema as object);
    return name === undefined || !isShape(schema) ? this.#expand(schema) : this.#named(name, schema);
  }

  /** The same, with a name for a schema that has none. */
  referAs(fallback: string, schema: unknown): unknown {
    if (!isShape(schema)) return this.#expand(schema);
    const own = this.#names.get(schema);
    if (own !== undefined) return this.#named(own, schema);
    const text = canonicalJson(schema);
    const name = this.#given.get(text) ?? fallback;
    this.#given.set(text, name);
    return this.#named(name, schema);
  }

  /** Gives a copy of a schema the name of the original. */
  rename(original: object, copy: object): void {
    const name = this.#names.get(original);
    if (name !== undefined) this.#names.set(copy, name);
  }

  #named(name: string, schema: Schema): Schema {
    if (!(name in this.schemas)) {
      // There before its members are looked at: a schema may be among its own.
      this.schemas[name] = {};
      this.schemas[name] = this.#expand(schema) as Schema;
    }
    return { $ref: `#/components/schemas/${name}` };
  }

  #expand(schema: unknown): unknown {
    if (schema === null || typeof schema !== "object" || Array.isArray(schema)) return schema;
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]: [string, unknown]) => [keyword, this.#member(keyword, value)]),
    );
  }

  #member(keyword: string, value: unknown): unknown {
    if (["anyOf", "allOf", "oneOf"].includes(keyword) && Array.isArray(value)) {
      return value.map((item) => this.refer(item));
    }
    if (keyword === "items" || keyword === "additionalProperties") return this.refer(value);
    if ((keyword === "properties" || keyword === "patternProperties") && value !== null && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.refer(member)]));
    }
    return value;
  }
}
