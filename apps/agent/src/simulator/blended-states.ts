import type { Observation } from "@holdfast/contracts/fact";
import { canonicalJson, type Json } from "@holdfast/contracts/json";

/**
 * States between two observed ones: lists united, the second's items taken out, single members exchanged. They need not
 * make sense: whoever uses one judges it first. Several checks look at one fact (the accounts, the audit rules), and a
 * proof shows only what its own check is about.
 */
export function* blends(current: Observation, other: Observation): Generator<Observation> {
  if ("error" in current || "error" in other) return;
  const [from, to] = [current.state, other.state];
  if (!isObject(from) || !isObject(to)) return;
  yield { state: combined(from, to, united) };
  yield { state: combined(from, to, without) };
  const keys = Object.keys(to).filter((key) => canonicalJson(from[key]) !== canonicalJson(to[key]));
  if (keys.length < 2) return;
  for (const key of keys) yield { state: { ...from, [key]: to[key] ?? null } };
}

type JsonObject = { readonly [key: string]: Json };

function combined(
  from: JsonObject,
  to: JsonObject,
  lists: (a: readonly Json[], b: readonly Json[]) => readonly Json[],
): JsonObject {
  const members = Object.entries({ ...to, ...from }).map(([key, value]): [string, Json] => {
    const other = to[key];
    return [key, Array.isArray(value) && Array.isArray(other) ? lists(value, other) : value];
  });
  return Object.fromEntries(members);
}

/** Items that name the same thing are one: the second's replaces the first's. */
function united(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  const items = new Map(a.map((item) => [nameOf(item), item]));
  for (const item of b) items.set(nameOf(item), item);
  return [...items.values()];
}

function without(a: readonly Json[], b: readonly Json[]): readonly Json[] {
  const gone = new Set(b.map(nameOf));
  return a.filter((item) => !gone.has(nameOf(item)));
}

function nameOf(item: Json): string {
  if (!isObject(item)) return canonicalJson(item);
  const name = item["name"] ?? item["path"] ?? item["rule"];
  return canonicalJson(name ?? item);
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
