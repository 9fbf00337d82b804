/** A value in GVariant's text form, its type by what is written. */
export interface DconfValue {
  readonly type: string;
  /** Texts without their quotes. */
  readonly value: string;
}

const numbers = /^[+-]?(?:0[xX][0-9a-fA-F]+|\d+)$/;

/**
 * A boolean, number or text: "uint32 900", "true", "'text'". A number without a type is an int32, one with a point a
 * double; anything else has the type "other" and its text as value. @see GVariant Text Format of GLib's reference manual
 */
export function parseDconfValue(text: string): DconfValue {
  const written = text.trim();
  const [, type = "int32", number = ""] = /^(?:(byte|u?int(?:16|32|64)|double)\s+)?([+-]?[\w.]+)$/.exec(written) ?? [];
  if (numbers.test(number)) return { type, value: String(Number(number)) };
  if (/^[+-]?\d+\.\d+$/.test(number)) return { type: "double", value: number };
  if (written === "true" || written === "false") return { type: "boolean", value: written };
  const quoted = /^(?:string\s+)?(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')$/s.exec(written);
  if (quoted === null) return { type: "other", value: written };
  const inner = quoted[1] ?? quoted[2] ?? "";
  return {
    type: "string",
    value: inner.replaceAll(/\\(.)/gs, (_, c: string) => (c === "n" ? "\n" : c === "t" ? "\t" : c)),
  };
}
