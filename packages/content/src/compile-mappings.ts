import { Value } from "typebox/value";
import { MappingFile } from "./mapping-file.ts";
import { suggestion } from "./nearest-name.ts";
import type { Catalogue, CheckMappings } from "./pack.ts";
import type { Problem } from "./problem.ts";
import { shapeProblems } from "./shape-problems.ts";
import type { YamlSource } from "./yaml-source.ts";

export interface CompiledMappings {
  readonly catalogues: readonly Catalogue[];
  /** What each check serves; a check that none maps is not in it. */
  readonly mappings: ReadonlyMap<string, CheckMappings>;
}

/**
 * What the checks serve in the catalogues. A check that extends another serves the same controls unless it is listed
 * itself.
 *
 * @param bases the checks that variants extend, by the variants' ids.
 */
export function compileMappings(
  sources: readonly YamlSource[],
  checkIds: readonly string[],
  bases: ReadonlyMap<string, string>,
  problems: Problem[],
): CompiledMappings {
  const catalogues: Catalogue[] = [];
  const mappings = new Map<string, Record<string, readonly string[]>>();
  for (const source of sources) {
    problems.push(...source.problems);
    const raw = source.value;
    if (!Value.Check(MappingFile, raw)) {
      if (source.problems.length === 0 || raw !== null) problems.push(...shapeProblems(source, [], MappingFile, raw));
      continue;
    }
    const expectedFile = `mappings/${raw.id}.yaml`;
    if (source.file !== expectedFile)
      problems.push(source.problemAt(["id"], `the id belongs in ${expectedFile}; rename the file or correct it`));
    catalogues.push({ id: raw.id, title: raw.title, controls: raw.controls });
    const listed = compileEntries(source, raw, new Set(checkIds), problems);
    for (const id of checkIds) {
      const controls = listed.get(id) ?? listed.get(bases.get(id) ?? "");
      if (controls !== undefined) mappings.set(id, { ...mappings.get(id), [raw.id]: controls });
    }
  }
  return { catalogues, mappings };
}

/** The controls of each check a file lists, in its order; what is wrong is left out and told. */
function compileEntries(
  source: YamlSource,
  { controls: names, entries }: MappingFile,
  checkIds: ReadonlySet<string>,
  problems: Problem[],
): ReadonlyMap<string, readonly string[]> {
  const listed = new Map<string, string[]>();
  const used = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const known = entry.controls.filter((control, place) => {
      used.add(control);
      if (Object.hasOwn(names, control)) return true;
      const message = `no control "${control}" under controls${suggestion(control, Object.keys(names))}`;
      problems.push(source.problemAt(["entries", index, "controls", place], message));
      return false;
    });
    for (const [place, check] of entry.checks.entries()) {
      const path = ["entries", index, "checks", place];
      if (!checkIds.has(check)) {
        problems.push(source.problemAt(path, `no check "${check}"${suggestion(check, checkIds)}`));
        continue;
      }
      const before = listed.get(check) ?? [];
      const again = known.find((control) => before.includes(control));
      if (again !== undefined) problems.push(source.problemAt(path, `"${check}" is listed for ${again} already`));
      listed.set(check, [...before, ...known]);
    }
  }
  for (const control of Object.keys(names))
    if (!used.has(control)) problems.push(source.problemAt(["controls", control], "no entry uses this control"));
  return listed;
}
