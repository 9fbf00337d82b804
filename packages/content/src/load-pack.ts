import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isRecord } from "./compile-context.ts";
import { compilePack } from "./compile-pack.ts";
import type { KindDeclaration } from "./expression.ts";
import type { Pack } from "./pack.ts";
import type { Problem } from "./problem.ts";
import { parseYamlSource, type YamlSource } from "./yaml-source.ts";

/**
 * Loads, validates and compiles a content directory: `checks/<os>/*.yaml`, `conditions/*.yaml`,
 * `benchmarks/<id>/<version>.yaml` and `mappings/<id>.yaml`. Use the pack only when there are no problems.
 *
 * @throws the file system's error when the directory cannot be read.
 * @example
 * const { pack, problems } = await loadPack("content", new Map(resources.map((kind) => [kind.kind, kind])));
 * if (problems.length > 0) console.error(problems.map(formatProblem).join("\n"));
 */
export async function loadPack(
  dir: string,
  kinds: ReadonlyMap<string, KindDeclaration>,
): Promise<{ pack: Pack; problems: readonly Problem[] }> {
  const files = await contentFiles(dir);
  const read = (prefix: string): Promise<YamlSource[]> =>
    readSources(
      dir,
      files.filter((file) => file.startsWith(prefix) && !file.endsWith(".proofs.yaml")),
    );
  return compilePack(
    {
      checks: await read("checks/"),
      conditions: await read("conditions/"),
      benchmarks: await read("benchmarks/"),
      mappings: await read("mappings/"),
      parameters: await read("parameters/"),
    },
    kinds,
  );
}

/** The YAML files of a content directory, relative, with forward slashes, sorted. */
export async function contentFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir, { recursive: true });
  return names
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".yaml"))
    .sort();
}

export async function readSources(dir: string, files: readonly string[]): Promise<YamlSource[]> {
  return Promise.all(files.map(async (file) => parseYamlSource(file, await readFile(join(dir, file), "utf8"))));
}

/** The check ids of every check file of a content directory, in the order they are written. */
export async function checkIdsByFile(dir: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const files = (await contentFiles(dir)).filter(
    (file) => file.startsWith("checks/") && !file.endsWith(".proofs.yaml"),
  );
  const sources = await readSources(dir, files);
  return new Map(sources.map(({ file, value }) => [file, isRecord(value) ? Object.keys(value) : []]));
}
