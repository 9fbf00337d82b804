import { spawn } from "node:child_process";
import { type CommandResult, type RunOptions, UnreadableError } from "../host.ts";
import { systemCode } from "./read-failure.ts";

const maxOutputBytes = 16 * 1024 * 1024;
const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Runs a program of this machine: no shell, no standard input, no environment but PATH and `LC_ALL=C`, in a process group
 * of its own that is killed as a whole.
 *
 * @throws UnreadableError `no_tool`, `needs_root`, `timeout`, `too_large`, or `unreadable` when a signal ended it.
 */
export function runProgram(
  [program, ...parameters]: readonly [string, ...string[]],
  privileged: boolean,
  { timeoutMs = 10_000 }: RunOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      cwd: "/",
      env: { LC_ALL: "C", PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    let bytes = 0;
    const timer = setTimeout(() => stop("timeout", `${program} gave no answer in ${timeoutMs} ms`), timeoutMs);
    /** Ends it and answers at once: a child that left the group could keep the pipes open for ever. */
    function stop(code: "timeout" | "too_large", message: string): void {
      killGroup(child.pid);
      child.stdout.destroy();
      child.stderr.destroy();
      clearTimeout(timer);
      reject(new UnreadableError(code, message));
    }
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxOutputBytes) stop("too_large", `${program} printed over 16 MiB`);
        else output[stream].push(chunk);
      });
    }
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(startFailure(error, program, privileged));
    });
    child.on("close", (exitCode, signal) => {
      clearTimeout(timer);
      if (exitCode === null) reject(new UnreadableError("unreadable", `${program} was ended by ${signal}`));
      else resolve({ exitCode, stdout: textOf(output.stdout), stderr: textOf(output.stderr) });
    });
  });
}

function startFailure(error: Error, program: string, privileged: boolean): UnreadableError {
  const code = systemCode(error);
  if (code === "ENOENT") return new UnreadableError("no_tool", `${program} is not installed`, { cause: error });
  if (code === "EACCES" && !privileged)
    return new UnreadableError("needs_root", `needs root: cannot run ${program}`, { cause: error });
  return new UnreadableError("unreadable", `cannot run ${program}: ${code || error.message}`, { cause: error });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has already gone.
  }
}

function textOf(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
