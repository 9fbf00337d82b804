import { readAccountNames } from "../account-names.ts";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A running program, without what changes from moment to moment. */
export interface RunningProcess {
  /** At most 15 characters, as the kernel keeps it. */
  readonly name: string;
  /** The effective user's name, or its number as text. */
  readonly user: string;
  /** The security label, e.g. "system_u:system_r:sshd_t:s0-s0:c0.c1023"; null where the kernel gives none. */
  readonly label: string | null;
}

/**
 * Every process, threads of the kernel among them. Once per host. @see proc_pid_status(5), proc_pid_attr(5)
 * @throws UnreadableError
 */
export function readProcesses(host: Host): Promise<readonly RunningProcess[]> {
  return derivedOnce(host, "processes", async () => {
    const names = await readAccountNames(host);
    const processes: RunningProcess[] = [];
    for (const pid of (await host.list("/proc")) ?? []) {
      if (!/^\d+$/.test(pid)) continue;
      const status = await unlessEnded(host.readText(`/proc/${pid}/status`));
      const name = /^Name:\t(.*)$/m.exec(status ?? "")?.[1];
      const uid = /^Uid:\t\d+\t(\d+)/m.exec(status ?? "")?.[1];
      if (name === undefined || uid === undefined) continue;
      const label = (await unlessEnded(host.readText(`/proc/${pid}/attr/current`)))?.replace(/[\n\0]+$/, "") ?? null;
      processes.push({ name, user: names.user(Number(uid)), label });
    }
    return processes;
  });
}

/** Null when a process ends between two reads (ESRCH) or has no such attribute (EINVAL). That it may not be read is an error still. */
export async function unlessEnded<T>(read: Promise<T | null>): Promise<T | null> {
  return read.catch((error: unknown) => {
    if (error instanceof UnreadableError && /: (?:ESRCH|EINVAL)$/.test(error.message)) return null;
    throw error;
  });
}
