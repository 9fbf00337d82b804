import type { Json } from "@holdfast/contracts/json";

/** A value as YAML in flow style, on one line, quoted only where it must be. */
export function flowYaml(value: Json): string {
  if (typeof value === "string") return flowText(value);
  if (value === null || typeof value !== "object") return String(value);
  if (isList(value)) return `[${value.map(flowYaml).join(", ")}]`;
  const members = Object.entries(value).map(([key, member]) => `${flowText(key)}: ${flowYaml(member)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Plain where it is read back as the same text, in any place of a flow collection. */
function flowText(text: string): string {
  const isPlain =
    /^[A-Za-z/$_][\w /.@+$;()=*-]*(:[\w/.@+*=-][\w/.@+*=:-]*)*$/.test(text) &&
    !/\s$/.test(text) &&
    !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text);
  if (isPlain) return text;
  return /[\\"]/.test(text) && !/[\n\t\r]/.test(text) ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
