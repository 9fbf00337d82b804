import { readdirSync } from "node:fs";
import { setPriority } from "node:os";

/** As nice(1) has it without a number. */
const niceness = 10;

/**
 * Lets everything else on the machine go first, for good: a scan is never worth a user's wait. Programs started later
 * inherit it. On Linux reading and writing step back as well, since a thread's place at the disk follows its niceness
 * (see ioprio_set(2)). Where it is not allowed, all stays as it is.
 */
export function giveWay(): void {
  for (const thread of threads()) {
    try {
      setPriority(thread, niceness);
    } catch {
      // The thread has ended, or we are not allowed; the scan's own budget still holds.
    }
  }
}

/** Linux has a niceness per thread, and file reads have threads of their own; 0 is the calling thread, else the process. */
function threads(): number[] {
  if (process.platform !== "linux") return [0];
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [0];
  }
}
