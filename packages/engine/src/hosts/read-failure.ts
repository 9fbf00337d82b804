import { UnreadableError } from "../host.ts";

/** The system's error code, e.g. "ENOENT"; empty for anything else. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

/** Whether the path, or a directory on the way to it, is not there. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** A failed read in words for the person who scans. */
export function readFailure(error: unknown, path: string, privileged: boolean): UnreadableError {
  if (error instanceof UnreadableError) return error;
  const code = systemCode(error);
  if ((code === "EACCES" || code === "EPERM") && !privileged)
    return new UnreadableError("needs_root", `needs root: cannot read ${path}`, { cause: error });
  const reason = code === "ELOOP" ? "too many symbolic links" : code || String(error);
  return new UnreadableError("unreadable", `cannot read ${path}: ${reason}`, { cause: error });
}
