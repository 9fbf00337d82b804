import type { CompileContext } from "./compile-context.ts";
import { compileCheck, compileVariant, isVariant } from "./compile-definitions.ts";
import { suggestion } from "./nearest-name.ts";
import type { Check } from "./pack.ts";

/** A check or variant as it is written, and where. */
export interface CheckEntry {
  readonly id: string;
  readonly raw: unknown;
  readonly context: CompileContext;
}

/** The sound checks among those written, variants completed by the checks they extend, in the order they are written. */
export function compileChecks(entries: readonly CheckEntry[]): Check[] {
  const bases = new Map<string, Check>();
  for (const { id, raw, context } of entries) {
    if (isVariant(raw)) continue;
    const check = compileCheck(id, raw, context);
    if (check !== null) bases.set(id, check);
  }
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return entries.flatMap((entry) => {
    const { id, raw, context } = entry;
    const check = isVariant(raw) ? compileVariant(id, raw, baseOf(entry, byId, bases), context) : bases.get(id);
    return check === undefined || check === null ? [] : [check];
  });
}

/** The check that a variant extends; null when there is no such check, or it is itself wrong. */
function baseOf(
  { id, raw, context: { source, problems } }: CheckEntry,
  byId: ReadonlyMap<string, CheckEntry>,
  bases: ReadonlyMap<string, Check>,
): Check | null {
  const name = isVariant(raw) ? raw.extends : undefined;
  // Any other type is told by the variant's own schema.
  if (typeof name !== "string") return null;
  const report = (message: string): null => {
    problems.push(source.problemAt([id, "extends"], message));
    return null;
  };
  const base = byId.get(name);
  if (base === undefined) return report(`no check "${name}"${suggestion(name, byId.keys())}`);
  if (base.id === id) return report("extends itself; name the check it is a variant of");
  if (isVariant(base.raw)) {
    const root = typeof base.raw.extends === "string" ? ` "${base.raw.extends}"` : "";
    return report(`"${name}" extends a check itself; extend${root === "" ? " that one" : root} directly`);
  }
  return bases.get(name) ?? null;
}
