import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rename, unlink, writeFile } from "node:fs/promises";
import path from "node:path";

/** Somebody else is changing this machine right now. */
export class LockedError extends Error {
  constructor(pid: number) {
    super(`Another execution is running (process ${pid}).`);
    this.name = "LockedError";
  }
}

/** A process, told apart from a later one with the same number by when it started. */
interface Holder {
  readonly pid: number;
  /** Ticks since boot, field 22 of proc_pid_stat(5); empty where there is no /proc. */
  readonly startTime: string;
}

/**
 * Lets only one execution at a time work with a journal directory, by a file `lock` that names its process. A lock
 * whose process is gone is taken over.
 *
 * @throws LockedError when another execution is running.
 */
export async function withExecutionLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, "lock");
  await take(file);
  try {
    return await work();
  } finally {
    await unlink(file);
  }
}

/** link(2) makes the lock with its content in one step: there is no moment in which it names nobody. */
async function take(file: string): Promise<void> {
  const own = `${file}.${randomBytes(6).toString("hex")}`;
  const holder: Holder = { pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? "" };
  await writeFile(own, JSON.stringify(holder), { mode: 0o600, flag: "wx" });
  try {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await link(own, file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const other = await readHolder(file);
      if (other !== null && ((await isRunning(other)) || attempt === 10)) throw new LockedError(other.pid);
      await putAside(file, other);
    }
  } finally {
    await unlink(own);
  }
}

/** Removes a stale lock. Renamed first and looked at again: another process may have taken it over in the meantime. */
async function putAside(file: string, stale: Holder | null): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString("hex")}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const found = await readHolder(aside);
  if (JSON.stringify(found) !== JSON.stringify(stale)) await link(aside, file).catch(() => undefined);
  await unlink(aside);
}

/** Null when it is gone, or names no process. */
async function readHolder(file: string): Promise<Holder | null> {
  try {
    const { pid, startTime } = JSON.parse(await readFile(file, "utf8")) as Partial<Holder>;
    return Number.isInteger(pid) && typeof startTime === "string" ? { pid: pid as number, startTime } : null;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function isRunning({ pid, startTime }: Holder): Promise<boolean> {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const now = await startTimeOf(pid);
  return now === null || startTime === "" || now === startTime;
}

async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  // The program's name, in parentheses, may itself hold spaces and parentheses; field 22 is the 20th after it.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}
