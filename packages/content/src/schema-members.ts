/** The names of the members an object schema takes; of a union or intersection, those of all its branches. Sorted as declared. */
export function memberNames(schema: unknown): readonly string[] {
  return [...new Set(branchesOf(schema).flatMap((branch) => Object.keys(recordAt(branch, "properties"))))];
}

/** A schema's alternatives, unions flattened; the schema itself when it is no union. Intersections count as one. */
export function branchesOf(schema: unknown): readonly unknown[] {
  const union = listAt(schema, "anyOf");
  if (union.length > 0) return union.flatMap(branchesOf);
  const parts = listAt(schema, "allOf");
  if (parts.length > 0) return parts.flatMap(branchesOf);
  return [schema];
}

function recordAt(schema: unknown, key: string): object {
  const value = typeof schema === "object" && schema !== null ? Reflect.get(schema, key) : undefined;
  return typeof value === "object" && value !== null ? value : {};
}

function listAt(schema: unknown, key: string): readonly unknown[] {
  const value = typeof schema === "object" && schema !== null ? Reflect.get(schema, key) : undefined;
  return Array.isArray(value) ? value : [];
}
