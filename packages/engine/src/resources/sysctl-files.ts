import { type DropInFile, readDropInFiles } from "../drop-in-files.ts";
import { componentMatcher, isGlob } from "../glob.ts";
import { type Host, kernelParameterPath } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A value a file gives, and where: `/etc/sysctl.d/60.conf:3`. */
export interface SysctlSetting {
  readonly value: string;
  readonly source: string;
}

/** The running kernel's value, white space folded; null when it has no such parameter. @see proc_sys(5) */
export async function readKernelParameter(host: Host, key: string): Promise<string | null> {
  const text = await host.readText(kernelParameterPath(key));
  return text === null ? null : foldSpace(text);
}

/**
 * What a key is set to at the next boot, and where; null when no file sets it. systemd-sysctl applies the sysctl.d(5)
 * files; ufw, when it is enabled, its own file after them.
 *
 * @throws UnreadableError when one of the files cannot be read.
 */
export async function readSysctlOnBoot(host: Host, key: string): Promise<SysctlSetting | null> {
  const { byBoot, byUfw } = await derivedOnce(host, "sysctl files", async () => ({
    byBoot: tableOf(await readBootFiles(host)),
    byUfw: tableOf(await readUfwFile(host)),
  }));
  const name = normalise(key);
  return findSetting(byUfw, name) ?? findSetting(byBoot, name);
}

const directories = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map((directory) => `${directory}/sysctl.d`);
const mainFile = "/etc/sysctl.conf";

/**
 * systemd-sysctl knows /etc/sysctl.conf only where a link like 99-sysctl.conf makes it one of the drop-ins. Without
 * systemd `sysctl --system` runs at boot, and reads it last. @see systemd-sysctl.service(8), sysctl(8)
 */
async function readBootFiles(host: Host): Promise<readonly DropInFile[]> {
  const dropIns = await readDropInFiles(host, directories);
  if (await hasSystemdSysctl(host)) return dropIns;
  const realPaths = await Promise.all(dropIns.map((file) => host.realPath(file.path)));
  if (realPaths.includes(await host.realPath(mainFile))) return dropIns;
  const text = await host.readText(mainFile);
  return text === null ? dropIns : [...dropIns, { path: mainFile, text }];
}

async function hasSystemdSysctl(host: Host): Promise<boolean> {
  const stats = await Promise.all(
    ["/usr/lib", "/lib"].map((directory) => host.stat(`${directory}/systemd/systemd-sysctl`)),
  );
  return stats.some((stat) => stat !== null);
}

/** The file ufw applies when it starts: `IPT_SYSCTL` of /etc/default/ufw, if ufw.conf says ENABLED=yes. @see ufw-framework(8) */
async function readUfwFile(host: Host): Promise<readonly DropInFile[]> {
  const enabled = shellValue(await host.readText("/etc/ufw/ufw.conf"), "ENABLED");
  if (enabled?.toLowerCase() !== "yes") return [];
  const path = shellValue(await host.readText("/etc/default/ufw"), "IPT_SYSCTL");
  if (path === null || !path.startsWith("/")) return [];
  const text = await host.readText(path);
  return text === null ? [] : [{ path, text }];
}

function shellValue(text: string | null, name: string): string | null {
  let value: string | null = null;
  for (const line of (text ?? "").split(/\r?\n/)) {
    const assignment = /^\s*([A-Z_]+)=(["']?)([^"'#\s]*)\2/.exec(line);
    if (assignment?.[1] === name) value = assignment[3] ?? "";
  }
  return value;
}

/** Settings by normalised key, in the order of the last assignment; null: the key, or pattern, is to be left alone. */
type Table = ReadonlyMap<string, SysctlSetting | null>;

/**
 * An explicit key beats every pattern, wherever they stand, also when it only says "leave alone" (`-key` without a
 * value); among equals the last one counts. @see sysctl.d(5)
 */
function findSetting(table: Table, name: string): SysctlSetting | null {
  const explicit = table.get(name);
  if (explicit !== undefined) return explicit;
  let found: SysctlSetting | null = null;
  for (const [pattern, setting] of table) {
    if (setting !== null && isGlob(pattern) && matchesKey(pattern, name)) found = setting;
  }
  return found;
}

function matchesKey(pattern: string, name: string): boolean {
  const wanted = pattern.split("/");
  const parts = name.split("/");
  return wanted.length === parts.length && wanted.every((part, at) => componentMatcher(part)(parts[at] ?? ""));
}

function tableOf(files: readonly DropInFile[]): Table {
  const table = new Map<string, SysctlSetting | null>();
  for (const { path, text } of files) {
    for (const [index, line] of text.split("\n").entries()) {
      const parsed = parseLine(line);
      if (parsed === null) continue;
      // Deleted first: a map keeps the place of a key it knows, and the last assignment is to come last.
      table.delete(parsed.name);
      const { name, value } = parsed;
      table.set(name, value === null ? null : { value, source: `${path}:${index + 1}` });
    }
  }
  return table;
}

/** Null for comments, blank lines and what systemd-sysctl ignores. A value of null: `-key`, leave alone. */
function parseLine(line: string): { name: string; value: string | null } | null {
  const text = line.trim();
  if (text === "" || text.startsWith("#") || text.startsWith(";")) return null;
  const [key = "", ...rest] = text.split("=");
  const tolerant = key.startsWith("-");
  const name = normalise(key.slice(tolerant ? 1 : 0).trim());
  if (name === "") return null;
  if (rest.length > 0) return { name, value: foldSpace(rest.join("=")) };
  return tolerant ? { name, value: null } : null;
}

/** The key as a path below /proc/sys: the first separator, `.` or `/`, is the separator; the other then stands for it. */
function normalise(key: string): string {
  const first = /[./]/.exec(key)?.[0];
  if (first !== ".") return key.replace(/^\/+/, "");
  return key.replaceAll(/[./]/g, (separator) => (separator === "." ? "/" : "."));
}

function foldSpace(text: string): string {
  return text.trim().replaceAll(/\s+/g, " ");
}
