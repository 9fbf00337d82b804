import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A key as a keyfile gives it. */
export interface DconfAssignment {
  readonly text: string;
  /** e.g. "/etc/dconf/db/local.d/00-lock:3". */
  readonly source: string;
}

/** A read-only database of a profile. */
export interface DconfDatabase {
  /** e.g. "system-db:local". */
  readonly name: string;
  /** By key path, e.g. "/org/gnome/desktop/session/idle-delay". */
  readonly keys: ReadonlyMap<string, DconfAssignment>;
  /** Locked key paths with where they stand. */
  readonly locks: ReadonlyMap<string, string>;
  /** Whether its keyfiles are newer than the compiled database, or there is none: "dconf update" was forgotten. */
  readonly isStale: boolean;
}

export interface DconfProfile {
  /** Whether users can write at all: its first database is theirs. */
  readonly isWritable: boolean;
  /** In the order of the profile: the first that has a key gives its value. */
  readonly databases: readonly DconfDatabase[];
}

/**
 * A dconf profile with its system databases, as their keyfiles have them. Without a file the profile "user" has the user's
 * own database only, any other none. Once per host. @see dconf(7)
 *
 * @throws UnreadableError
 */
export function readDconfProfile(host: Host, profile: string): Promise<DconfProfile> {
  return derivedOnce(host, `dconf profile ${profile}`, async () => {
    const lines = (await profileText(host, profile)) ?? (profile === "user" ? "user-db:user" : "");
    const names = lines.split("\n").map((line) => line.replace(/#.*/, "").trim());
    const sources = names.filter((name) => /^(?:user|system|service|file)-db:/.test(name));
    const databases: DconfDatabase[] = [];
    for (const name of sources) {
      const database = await readDatabase(host, name);
      if (database !== null) databases.push(database);
    }
    return { isWritable: /^(?:user|service)-db:/.test(sources[0] ?? ""), databases };
  });
}

async function profileText(host: Host, profile: string): Promise<string | null> {
  for (const directory of ["/etc", "/usr/local/share", "/usr/share"]) {
    const text = await host.readText(`${directory}/dconf/profile/${profile}`);
    if (text !== null) return text;
  }
  return null;
}

/**
 * Null for databases whose keyfiles are not on the machine. GDM compiles its greeter's defaults anew whenever it starts,
 * so that these are never stale.
 */
async function readDatabase(host: Host, name: string): Promise<DconfDatabase | null> {
  if (name.startsWith("system-db:")) {
    const system = name.slice("system-db:".length);
    if (!/^[\w.-]+$/.test(system)) return null;
    const compiled = `/etc/dconf/db/${system}`;
    return { name, ...(await readKeyfiles(host, `${compiled}.d`)), isStale: await isStale(host, compiled) };
  }
  if (!/^file-db:\/\S*\/greeter-dconf-defaults$/.test(name)) return null;
  return { name, ...(await readKeyfiles(host, "/usr/share/gdm/dconf")), isStale: false };
}

/** Of several files that set a key the one sorted last counts; within a file the last line. Directories are not looked into. */
async function readKeyfiles(host: Host, directory: string): Promise<Pick<DconfDatabase, "keys" | "locks">> {
  const keys = new Map<string, DconfAssignment>();
  const locks = new Map<string, string>();
  for (const { path, text } of await readFiles(host, directory)) {
    let group: string | null = null;
    for (const [index, raw] of text.split("\n").entries()) {
      const line = raw.trim();
      const header = /^\[([^\]]*)\]$/.exec(line)?.[1];
      const [, key, value = ""] = /^([^\s=#][^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
      if (header !== undefined) group = header;
      else if (group !== null && key !== undefined)
        keys.set(`/${group}/${key}`, { text: value, source: `${path}:${index + 1}` });
    }
  }
  for (const { path, text } of await readFiles(host, `${directory}/locks`)) {
    for (const [index, line] of text.split("\n").entries())
      if (line.startsWith("/")) locks.set(line, `${path}:${index + 1}`);
  }
  return { keys, locks };
}

async function readFiles(host: Host, directory: string): Promise<{ path: string; text: string }[]> {
  const files: { path: string; text: string }[] = [];
  for (const name of (await host.list(directory)) ?? []) {
    const path = `${directory}/${name}`;
    if (name.startsWith(".") || (await host.stat(path))?.type !== "file") continue;
    files.push({ path, text: (await host.readText(path)) ?? "" });
  }
  return files;
}

/** A database without keyfiles is somebody's own work, and as it should be. */
async function isStale(host: Host, compiled: string): Promise<boolean> {
  const directories = [`${compiled}.d`, `${compiled}.d/locks`];
  const files = (await Promise.all(directories.map((directory) => readFiles(host, directory)))).flat();
  if (files.length === 0) return false;
  const database = await host.stat(compiled);
  if (database === null) return true;
  const parts = await Promise.all([...directories, ...files.map(({ path }) => path)].map((path) => host.stat(path)));
  return parts.some((part) => (part?.modifiedAt ?? 0) > (database.modifiedAt ?? 0));
}
