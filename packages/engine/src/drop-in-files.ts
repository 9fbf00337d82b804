import { posix } from "node:path";
import { type Host, UnreadableError } from "./host.ts";
import { derivedOnce } from "./shared-reads.ts";

/** A configuration file that is in force. */
export interface DropInFile {
  readonly path: string;
  readonly text: string;
}

/** A directory with more is a mistake or an attack, and would only keep the scan busy. */
const maxFiles = 5_000;

/**
 * The files of several directories in the order they are read: sorted by basename; of files with one basename only the
 * one in the earliest directory counts, and a link to /dev/null there means none. As sysctl.d(5), modprobe.d(5) and
 * the drop-ins of systemd.unit(5) have it.
 *
 * @param directories by falling precedence, e.g. /etc/sysctl.d, /run/sysctl.d, /usr/lib/sysctl.d.
 * @throws UnreadableError when a file that counts, or a directory, cannot be read, and `too_large` for over 5000 files.
 */
export function readDropInFiles(
  host: Host,
  directories: readonly string[],
  suffix = ".conf",
): Promise<readonly DropInFile[]> {
  return derivedOnce(host, `drop-in files ${suffix} ${directories.join(":")}`, async () => {
    const byName = new Map<string, string>();
    for (const directory of directories) {
      for (const name of (await host.list(directory)) ?? []) {
        if (name.endsWith(suffix) && !byName.has(name)) byName.set(name, `${directory}/${name}`);
      }
    }
    if (byName.size > maxFiles)
      throw new UnreadableError("too_large", `over ${maxFiles} files ending in ${suffix}: ${directories.join(", ")}`);
    const names = [...byName].sort(([a], [b]) => (a < b ? -1 : 1));
    const files = await Promise.all(names.map(([, path]) => readUnlessMasked(host, path)));
    return files.filter((file) => file !== null);
  });
}

/** Null when the file is masked, dangling or gone. */
async function readUnlessMasked(host: Host, path: string): Promise<DropInFile | null> {
  const link = await host.readLink(path);
  if (link !== null && posix.resolve(posix.dirname(path), link) === "/dev/null") return null;
  const text = await host.readText(path);
  return text === null ? null : { path, text };
}
