import { closeSync, openSync, renameSync, statSync } from "node:fs";
import { CommandError } from "../exit.ts";

const maxBytes = 10 * 1024 * 1024;

/**
 * Makes a log file ready to be appended to, mode 0600; one that has grown past 10 MiB becomes `<file>.1` first.
 *
 * @returns the file's path. @throws CommandError when it cannot be written.
 */
export function prepareLogFile(file: string): string {
  try {
    closeSync(openSync(file, "a", 0o600));
    if (statSync(file).size > maxBytes) renameSync(file, `${file}.1`);
    return file;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`Cannot write ${file}: ${reason}`, undefined, { cause: error });
  }
}
