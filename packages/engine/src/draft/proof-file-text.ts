const header = "# yaml-language-server: $schema=../../schema/proofs.schema.json\n";

/** A member of a YAML block map as written, with the comments above it. */
interface Block {
  readonly key: string;
  readonly text: string;
}

/**
 * A proof file with drafted items added: after the existing ones of the same check, which stay as they are written, and
 * with its checks in the order of `order`. Shared facts are added under `_given`, at the end.
 *
 * @param existing the file's text; null when there is none.
 * @param replaced checks whose existing items and shared facts give way to the drafted ones.
 */
export function proofFileText(
  existing: string | null,
  order: readonly string[],
  items: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
  replaced: ReadonlySet<string> = new Set(),
): string {
  const { preamble, blocks } = blocksOf(existing ?? "", "");
  const written = new Map(blocks.map(({ key, text }) => [key, text]));
  const givenBlocks = blocksOf(afterFirstLine(written.get("_given") ?? ""), "  ").blocks.filter(
    ({ key }) => !replaced.has(key),
  );
  const keys = [...new Set([...order, ...written.keys()])].filter((key) => key !== "_given");
  const sections = keys.flatMap((key) => {
    const kept = replaced.has(key) ? undefined : written.get(key);
    const added = items.get(key) ?? "";
    if (kept === undefined && added === "") return [];
    return [`${kept === undefined ? `${key}:\n` : `${kept.trimEnd()}\n`}${added}`];
  });
  const known = new Set(givenBlocks.map(({ key }) => key));
  const shared = [
    ...givenBlocks.map(({ text }) => `${text.trimEnd()}\n`),
    ...[...given].filter(([name]) => !known.has(name)).map(([, text]) => text),
  ];
  if (shared.length > 0) sections.push(`_given:\n${shared.join("")}`);
  return `${preamble === "" ? header : `${preamble.trimEnd()}\n`}\n${sections.join("\n")}`;
}

/** Splits a block map at its keys, which stand at the given indent; comments directly above a key belong to it. */
function blocksOf(text: string, indent: string): { readonly preamble: string; readonly blocks: Block[] } {
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const key = new RegExp(`^${indent}(?:"([^"]+)"|'([^']+)'|([^\\s#"'][^:]*)):(?:\\s|$)`);
  const starts: { readonly key: string; readonly line: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const match = key.exec(line);
    if (match === null) continue;
    let start = index;
    while (start > 0 && start > (starts.at(-1)?.line ?? -1) + 1 && lines[start - 1]?.startsWith(`${indent}#`))
      start -= 1;
    starts.push({ key: match[1] ?? match[2] ?? match[3] ?? "", line: start });
  }
  const blocks = starts.map(({ key: name, line }, index) => ({
    key: name,
    text: `${lines.slice(line, starts[index + 1]?.line).join("\n")}\n`,
  }));
  return { preamble: lines.slice(0, starts[0]?.line ?? lines.length).join("\n"), blocks };
}

function afterFirstLine(text: string): string {
  return text.slice(text.indexOf("\n") + 1);
}
