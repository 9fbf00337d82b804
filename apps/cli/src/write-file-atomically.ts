import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { CommandError } from "./exit.ts";

/** Writes a file whole or not at all; an existing one is replaced. @throws CommandError with the path and the reason. */
export async function writeFileAtomically(path: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Cannot write ${path}: ${reason}`, undefined, { cause: error });
  }
}
