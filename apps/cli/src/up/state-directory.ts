import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { CommandError } from "../exit.ts";

/**
 * Where Holdfast keeps its database, keys and logs: the option, else HOLDFAST_STATE_DIR, else /var/lib/holdfast for root
 * and the user's data directory for everybody else (XDG base directories; ~/Library on macOS).
 */
export function stateDirectory(option: string | undefined, environment: NodeJS.ProcessEnv = process.env): string {
  const chosen = option ?? environment["HOLDFAST_STATE_DIR"];
  if (chosen !== undefined && chosen !== "") return path.resolve(chosen);
  if (process.getuid?.() === 0) return "/var/lib/holdfast";
  if (process.platform === "darwin") return path.join(homedir(), "Library/Application Support/holdfast");
  return path.join(environment["XDG_DATA_HOME"] ?? path.join(homedir(), ".local/share"), "holdfast");
}

/** Makes the directory when it is missing, and makes sure it can be written. @throws CommandError in one sentence. */
export function prepareStateDirectory(directory: string): void {
  try {
    const existed = existsSync(directory);
    mkdirSync(directory, { recursive: true });
    // The database runs as an unprivileged user and has to reach its own files below; it must not list ours.
    if (!existed) chmodSync(directory, 0o711);
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^([A-Z]+): /, "") : String(error);
    throw new CommandError(`Cannot use the state directory ${directory} (${reason}); choose another with --state-dir.`);
  }
}
