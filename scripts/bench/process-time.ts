import { readdirSync, readFileSync } from "node:fs";

/** Ticks of proc_pid_stat(5) are hundredths of a second on every Linux that Node runs on. */
const msPerTick = 10;

/** Milliseconds of processor time that processes and all below them have used so far, dead children included. */
export function processorTimeMs(roots: readonly number[]): number {
  const processes = new Map<number, { readonly parent: number; readonly ticks: number }>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      // The command may hold spaces and brackets; what follows its last bracket does not.
      const [, parent, , , , , , , , , , user, system, userOfDead, systemOfDead] = text
        .slice(text.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const ticks = (user ?? 0) + (system ?? 0) + (userOfDead ?? 0) + (systemOfDead ?? 0);
      processes.set(Number(name), { parent: parent ?? 0, ticks });
    } catch {
      // It has ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => {
    for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) if (roots.includes(at)) return true;
    return false;
  };
  return [...processes].reduce((sum, [pid, { ticks }]) => sum + (isBelow(pid) ? ticks * msPerTick : 0), 0);
}
