/**
 * Texts that a regular expression accepts, one per alternative as far as that is easy; empty when none was found.
 * Understands what checks are written with: literals, classes, groups, alternatives, quantifiers and anchors. Look-around
 * is skipped over; what then does not match is left out.
 */
export function sampleOf(pattern: string): string[] {
  const regex = new RegExp(pattern, "u");
  const reader = { pattern, at: 0 };
  return [...new Set(alternatives(reader))].filter((text) => regex.test(text)).slice(0, 20);
}

interface Reader {
  readonly pattern: string;
  at: number;
}

function alternatives(reader: Reader): string[] {
  const found: string[] = [];
  for (;;) {
    found.push(...sequence(reader));
    if (reader.pattern[reader.at] !== "|") return found.slice(0, 50);
    reader.at += 1;
  }
}

function sequence(reader: Reader): string[] {
  let texts = [""];
  while (reader.at < reader.pattern.length && !"|)".includes(reader.pattern[reader.at] ?? "")) {
    const atoms = quantified(atom(reader), reader);
    texts = texts.flatMap((text) => atoms.map((item) => text + item)).slice(0, 50);
  }
  return texts;
}

function atom(reader: Reader): string[] {
  const char = reader.pattern[reader.at] ?? "";
  reader.at += 1;
  if (char === "(") return group(reader);
  if (char === "[") return [classSample(reader)];
  if (char === "\\") return [escapeSample(reader)];
  if (char === "^" || char === "$") return [""];
  return [char === "." ? "x" : char];
}

function group(reader: Reader): string[] {
  const look = /^\?(?:[=!]|<[=!])/.exec(reader.pattern.slice(reader.at));
  const prefix = /^\?(?::|<[A-Za-z]\w*>|[=!]|<[=!])/.exec(reader.pattern.slice(reader.at));
  reader.at += prefix?.[0].length ?? 0;
  const inside = alternatives(reader);
  reader.at += 1;
  return look === null ? inside : [""];
}

function classSample(reader: Reader): string {
  const body = /^(?:\\.|[^\]\\])*/.exec(reader.pattern.slice(reader.at))?.[0] ?? "";
  reader.at += body.length + 1;
  const regex = new RegExp(`[${body}]`, "u");
  const usual = ["a", "0", "1", "9", "A", " ", "-", "_", "/", ".", ...body];
  return usual.find((char) => regex.test(char)) ?? "";
}

const escapes: Readonly<Record<string, string>> = {
  d: "5",
  w: "a",
  s: " ",
  S: "x",
  D: "x",
  W: " ",
  t: "\t",
  n: "\n",
  b: "",
  B: "",
};

function escapeSample(reader: Reader): string {
  const char = reader.pattern[reader.at] ?? "";
  reader.at += 1;
  return escapes[char] ?? char;
}

function quantified(atoms: string[], reader: Reader): string[] {
  const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(reader.pattern.slice(reader.at));
  if (quantifier === null) return atoms;
  reader.at += quantifier[0].length;
  const [text, count] = quantifier;
  if (text.startsWith("*")) return [""];
  if (text.startsWith("?")) return ["", ...atoms];
  return atoms.map((item) => item.repeat(Number(count ?? 1)));
}
