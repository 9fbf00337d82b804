/** One form of object that a schema accepts. */
export interface ObjectVariant {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** Every form of object a schema accepts: unions give one each, intersections are merged. */
export function objectVariants(schema: unknown): readonly ObjectVariant[] {
  const union = listAt(schema, "anyOf");
  if (union.length > 0) return union.flatMap(objectVariants);
  const parts = listAt(schema, "allOf");
  if (parts.length > 0) return parts.map(objectVariants).reduce(mergeEach);
  const required = listAt(schema, "required").filter((name) => typeof name === "string");
  return [{ properties: recordAt(schema, "properties"), required }];
}

/** The names of the members an object schema takes; of a union or intersection, those of all its forms. In declared order. */
export function memberNames(schema: unknown): readonly string[] {
  return [...new Set(objectVariants(schema).flatMap(({ properties }) => Object.keys(properties)))];
}

/** A schema's alternatives, nested unions flattened; the schema itself when it is no union. */
export function branchesOf(schema: unknown): readonly unknown[] {
  const union = listAt(schema, "anyOf");
  return union.length > 0 ? union.flatMap(branchesOf) : [schema];
}

function mergeEach(left: readonly ObjectVariant[], right: readonly ObjectVariant[]): readonly ObjectVariant[] {
  return left.flatMap((a) =>
    right.map((b) => ({
      properties: { ...a.properties, ...b.properties },
      required: [...new Set([...a.required, ...b.required])],
    })),
  );
}

function recordAt(schema: unknown, key: string): Record<string, unknown> {
  const value = typeof schema === "object" && schema !== null ? Reflect.get(schema, key) : undefined;
  return typeof value === "object" && value !== null ? value : {};
}

function listAt(schema: unknown, key: string): readonly unknown[] {
  const value = typeof schema === "object" && schema !== null ? Reflect.get(schema, key) : undefined;
  return Array.isArray(value) ? value : [];
}
