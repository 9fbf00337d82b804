import type { Json } from "@holdfast/contracts/json";
import type { TSchema } from "typebox";

/*
 * How a desired value is changed:
 *   true, false         the other
 *   number              one less, one more
 *   "900", "10:30:60"   each number one less, one more
 *   "0640"              each bit taken away; the most dangerous missing bit of owner, group, others and the special ones added
 *   a constant          the other constants the schema has for this member
 *   a pattern           one that nothing matches, one that everything matches
 *   any other text      another text
 *   list of texts       each left out; the only one changed
 *   other list, object  each member changed in turn
 */

/** Values that differ from `desired` in one place. Some may not have the schema's shape; the caller drops these. */
export function mutationsOf(desired: Json, schema: TSchema): Json[] {
  return mutate(desired, "", schema);
}

function mutate(value: Json, member: string, schema: TSchema): Json[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value - 1, value + 1];
  if (typeof value === "string") return mutateText(value, member, schema);
  if (value === null) return [];
  if (isList(value)) return mutateList(value, member, schema);
  return Object.entries(value).flatMap(([name, part]) =>
    mutate(part, name, schema).map((mutated) => ({ ...value, [name]: mutated })),
  );
}

function mutateList(list: readonly Json[], member: string, schema: TSchema): Json[] {
  const dropped = list.length > 1 ? list.map((_, index) => list.filter((__, other) => other !== index)) : [];
  const changed = list.flatMap((item, index) => {
    if (list.length > 1 && typeof item === "string") return [];
    return mutate(item, member, schema).map((mutated) => list.with(index, mutated));
  });
  return [...dropped, ...changed];
}

function mutateText(text: string, member: string, schema: TSchema): Json[] {
  const constants = constantsOf(schema, member);
  if (constants.has(text)) return [...constants].filter((other) => other !== text);
  if (member === "matches") return ["(?!)", "[^]*"];
  if (/^[0-7]{4}$/.test(text)) return mutateMode(text);
  if (/^\d+(:\d+)*$/.test(text)) return mutateNumbers(text);
  return [`${text}x`];
}

/** The bits of others, group, owner and the special ones, the most dangerous first. */
const bitsToAdd = [
  [0o2, 0o4, 0o1],
  [0o20, 0o40, 0o10],
  [0o200, 0o400, 0o100],
  [0o4000, 0o2000, 0o1000],
];

function mutateMode(text: string): string[] {
  const mode = Number.parseInt(text, 8);
  const bits = Array.from({ length: 12 }, (_, bit) => 1 << bit);
  const less = bits.filter((bit) => (mode & bit) !== 0).map((bit) => mode & ~bit);
  const more = bitsToAdd.flatMap((wanted) => {
    const missing = wanted.find((bit) => (mode & bit) === 0);
    return missing === undefined ? [] : [mode | missing];
  });
  return [...less, ...more].map((changed) => changed.toString(8).padStart(4, "0"));
}

function mutateNumbers(text: string): string[] {
  const numbers = text.split(":").map(Number);
  return numbers.flatMap((number, index) =>
    [number - 1, number + 1].map((changed) => numbers.with(index, changed).join(":")),
  );
}

/** The texts that a schema accepts as constants for a member of this name, anywhere in it. */
export function constantsOf(schema: unknown, member: string): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (node: unknown, isMember: boolean): void => {
    if (typeof node !== "object" || node === null) return;
    const constant: unknown = Reflect.get(node, "const");
    const choices: unknown = Reflect.get(node, "enum");
    for (const text of [constant, ...(Array.isArray(choices) ? choices : [])])
      if (isMember && typeof text === "string") found.add(text);
    for (const [key, child] of Object.entries(node)) {
      if (key === "properties") for (const [name, part] of Object.entries(child as object)) walk(part, name === member);
      else if (key === "anyOf" || key === "allOf")
        for (const part of Object.values(child as object)) walk(part, isMember);
      else if (key === "items") for (const part of Array.isArray(child) ? child : [child]) walk(part, isMember);
    }
  };
  walk(schema, false);
  return found;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
