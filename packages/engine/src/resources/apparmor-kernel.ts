import { type Host, UnreadableError } from "../host.ts";
import { apparmorPattern } from "./apparmor-pattern.ts";
import { unlessEnded } from "./processes.ts";

export interface LoadedProfile {
  readonly name: string;
  readonly mode: string;
}

const securityFs = "/sys/kernel/security/apparmor";

/**
 * The profiles in the running kernel, sorted by name; null when AppArmor is off in it.
 * @throws UnreadableError, also when AppArmor is on but the security file system is not mounted.
 */
export async function readLoadedProfiles(host: Host): Promise<LoadedProfile[] | null> {
  const isOn = (await host.readText("/sys/module/apparmor/parameters/enabled"))?.trim() === "Y";
  if (!isOn) return null;
  const text = await host.readText(`${securityFs}/profiles`);
  if (text === null) throw new UnreadableError("unreadable", `cannot read ${securityFs}: securityfs is not mounted`);
  const profiles = text.split("\n").flatMap((line) => {
    const [, name = "", mode = ""] = /^(.*) \((\w+)\)$/.exec(line) ?? [];
    return name === "" ? [] : [{ name, mode: mode === "user" ? "prompt" : mode }];
  });
  return profiles.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Programs that run without confinement although a loaded profile attaches to them: they were started before it was
 * loaded. Each program once, sorted. @see proc_pid_attr(5)
 *
 * @throws UnreadableError
 */
export async function readUnconfinedPrograms(
  host: Host,
  profiles: readonly LoadedProfile[],
): Promise<{ program: string; profile: string }[]> {
  const attachments = await readAttachments(host, profiles);
  const found = new Map<string, string>();
  for (const pid of (await host.list("/proc")) ?? []) {
    if (!/^\d+$/.test(pid) || (await labelOf(host, pid)) !== "unconfined") continue;
    // Null for threads of the kernel, and for what has ended meanwhile.
    const program = (await unlessEnded(host.readLink(`/proc/${pid}/exe`)))?.replace(/ \(deleted\)$/, "");
    const profile = program === undefined ? undefined : attachments.find(({ matches }) => matches(program))?.name;
    if (program !== undefined && profile !== undefined) found.set(program, profile);
  }
  return [...found]
    .map(([program, profile]) => ({ program, profile }))
    .sort((a, b) => (a.program < b.program ? -1 : 1));
}

/** The label without its mode, e.g. "unconfined", "/usr/bin/man"; null when the process has ended. */
async function labelOf(host: Host, pid: string): Promise<string | null> {
  const own = await unlessEnded(host.readText(`/proc/${pid}/attr/apparmor/current`));
  // Kernels before 5.8 have it only here.
  const text = own ?? (await unlessEnded(host.readText(`/proc/${pid}/attr/current`)));
  return text?.replace(/[\n\0]+$/, "") ?? null;
}

interface Attachment {
  readonly name: string;
  matches(program: string): boolean;
}

/** What each profile attaches to: what the kernel says, else its name when that is a path. Hats and children attach to nothing. */
async function readAttachments(host: Host, profiles: readonly LoadedProfile[]): Promise<Attachment[]> {
  const attachments = new Map<string, string>();
  for (const { name } of profiles) if (name.startsWith("/") && !name.includes("//")) attachments.set(name, name);
  const directory = `${securityFs}/policy/profiles`;
  for (const entry of (await host.list(directory)) ?? []) {
    const name = (await host.readText(`${directory}/${entry}/name`))?.trim();
    const attach = (await host.readText(`${directory}/${entry}/attach`))?.trim();
    if (name !== undefined && attach?.startsWith("/")) attachments.set(name, attach);
  }
  return [...attachments].map(([name, pattern]) => ({ name, matches: apparmorPattern(pattern) }));
}
