import { statfsSync } from "node:fs";
import { CommandError } from "../exit.ts";
import { ApiRequestError } from "./api-client.ts";

/** A disk with less is full to a database, which wants a whole segment of its log at once. */
const leastFreeBytes = 20 * 1024 * 1024;

/** What stopped `up`, as one sentence where the user can do something about it; anything else as it is. */
export function inWords(error: unknown, stateDir: string): unknown {
  if (!(error instanceof Error)) return error;
  if (saysDiskIsFull(error) || (isAboutTheDatabase(error) && isFull(stateDir))) {
    return new CommandError(`The disk that holds ${stateDir} is full; free some space and start again.`, undefined, {
      cause: error,
    });
  }
  if (error instanceof CommandError) return error;
  if (isStartupError(error)) return new CommandError(error.message, undefined, { cause: error });
  // fetch throws a TypeError when there is no answer at all.
  if (error instanceof ApiRequestError || error instanceof TypeError) {
    const { message } = error;
    return new CommandError(`The server does not work: ${message}; see ${stateDir}/server.log.`, undefined, {
      cause: error,
    });
  }
  return error;
}

/** By name: the built server is a bundle of its own, with a class of its own. */
function isStartupError({ name }: Error): boolean {
  return name === "StartupError";
}

/** ENOSPC is the system's word for it, 53100 PostgreSQL's; here or in what caused it. */
function saysDiskIsFull(error: Error): boolean {
  const code = "code" in error ? error.code : undefined;
  return code === "ENOSPC" || code === "53100" || (error.cause instanceof Error && saysDiskIsFull(error.cause));
}

/** A database that runs out of space ends, and what is seen of that is a lost connection. */
function isAboutTheDatabase(error: Error): boolean {
  if (error instanceof CommandError) return false;
  return !isStartupError(error) || /PostgreSQL|database/.test(error.message);
}

function isFull(directory: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize < leastFreeBytes;
  } catch {
    return false;
  }
}
