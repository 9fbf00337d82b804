import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { jsonSchemas, schemaText } from "@holdfast/content/json-schemas";
import { resources } from "@holdfast/engine/registry";

/** Writes the editors' schemas of the content files to `schema/`. Answers the files that were not current. */
export async function writeSchemas(dir: string): Promise<string[]> {
  const changed: string[] = [];
  await mkdir(path.join(dir, "schema"), { recursive: true });
  for (const [name, schema] of jsonSchemas(resources)) {
    const file = path.join(dir, "schema", name);
    const text = schemaText(schema);
    if ((await readFile(file, "utf8").catch(() => null)) === text) continue;
    await writeFile(file, text);
    changed.push(path.join("schema", name));
  }
  return changed;
}
