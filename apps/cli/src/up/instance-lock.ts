import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { CommandError } from "../exit.ts";

/**
 * Makes sure that one Holdfast runs per state directory. The lock is a file with the process id and, on Linux, its start
 * time, so that a lock left by a killed process is told from a running one even when the number is in use again.
 *
 * @returns what releases it.
 * @throws CommandError when another process holds it.
 */
export function lockInstance(directory: string): () => void {
  const file = path.join(directory, "up.lock");
  for (;;) {
    try {
      const descriptor = openSync(file, "wx", 0o644);
      writeSync(descriptor, `${process.pid} ${startTimeOf(process.pid) ?? ""}\n`);
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw cannotLock(file, error);
    }
    const holder = runningHolder(file);
    if (holder !== null) {
      throw new CommandError(
        `Holdfast is already running with ${directory} (process ${holder}); stop it, or start another with --state-dir and --port.`,
      );
    }
    rmSync(file, { force: true });
  }
}

function runningHolder(file: string): number | null {
  const [pidText = "", startTime = ""] = readFileSync(file, "utf8").trim().split(" ");
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return null;
  }
  const running = startTimeOf(pid);
  return startTime !== "" && running !== null && running !== startTime ? null : pid;
}

/** Clock ticks since boot at which a process started, field 22 of proc_pid_stat(5); null where there is no /proc. */
function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function cannotLock(file: string, error: unknown): CommandError {
  const reason = (error as NodeJS.ErrnoException).code === "ENOSPC" ? "the disk is full" : String(error);
  return new CommandError(`Cannot write ${file}: ${reason}.`, undefined, { cause: error });
}
