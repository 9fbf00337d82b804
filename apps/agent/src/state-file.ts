import type { Static, TSchema } from "typebox";
import { Value } from "typebox/value";
import { readIfThere, writeFileAtomically } from "./atomic-file.ts";

/** A JSON file of the agent's own. Null when it is missing, or is not what the schema says: then it is made anew. */
export async function readStateFile<Schema extends TSchema>(
  file: string,
  schema: Schema,
): Promise<Static<Schema> | null> {
  const bytes = await readIfThere(file);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return Value.Check(schema, value) ? value : null;
  } catch {
    return null;
  }
}

export async function writeStateFile(file: string, value: unknown): Promise<void> {
  await writeFileAtomically(file, `${JSON.stringify(value)}\n`);
}
