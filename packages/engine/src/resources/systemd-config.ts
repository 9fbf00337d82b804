import { posix } from "node:path";
import { readDropInFiles } from "../drop-in-files.ts";
import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { type IniAssignment, parseIniFile } from "./ini-file.ts";
import { builtInDefault, type SingleValue, unset } from "./single-value.ts";
import { normaliseSystemdValue, type SystemdKey, systemdKeys } from "./systemd-keys.ts";

const directories = ["/etc/systemd", "/run/systemd", "/usr/local/lib/systemd", "/usr/lib/systemd"];

/** Whether the file is one of systemd's own, with drop-ins: directly in /etc/systemd. */
export function isSystemdConfig(path: string): boolean {
  return posix.dirname(path) === "/etc/systemd" && path.endsWith(".conf");
}

/**
 * The value systemd's daemons use: the main file, then the drop-ins by basename; the last assignment wins, an empty one
 * goes back to the default, and one that systemd would not understand is passed over.
 * @see journald.conf(5), "Configuration directories and precedence"
 */
export async function readSystemdSetting(host: Host, path: string, section: string, key: string): Promise<SingleValue> {
  const file = posix.basename(path);
  const known = systemdKeys.get(`${file}:${section}:${key}`);
  const byDefault = await shippedDefault(host, file, key, known);
  let effective = byDefault;
  for (const assignment of await readAssignments(host, file)) {
    if (assignment.section === section && assignment.key === key) effective = assign(effective, assignment);
  }
  return effective;

  function assign(before: SingleValue, { value, source }: IniAssignment): SingleValue {
    if (value === "") return byDefault;
    const understood = normaliseSystemdValue(known, value);
    if (understood === null) return before;
    const addsUp = known?.type === "list" && before.value !== null;
    return { value: addsUp ? `${before.value} ${understood}` : understood, source };
  }
}

function readAssignments(host: Host, file: string): Promise<readonly IniAssignment[]> {
  return derivedOnce(host, `systemd config ${file}`, async () => {
    const dropIns = await readDropInFiles(
      host,
      directories.map((directory) => `${directory}/${file}.d`),
    );
    const main = await readMainFile(host, file);
    return [...main, ...dropIns].flatMap(({ path, text }) => parseIniFile(path, text, true));
  });
}

/** Only the first that is there counts; newer distributions ship it below /usr/lib and leave /etc to the administrator. */
async function readMainFile(host: Host, file: string): Promise<{ path: string; text: string }[]> {
  for (const directory of directories) {
    const path = `${directory}/${file}`;
    const text = await host.readText(path);
    if (text !== null) return [{ path, text }];
  }
  return [];
}

async function shippedDefault(
  host: Host,
  file: string,
  key: string,
  known: SystemdKey | undefined,
): Promise<SingleValue> {
  if (known === undefined || known.byDefault === null) return unset;
  const debianDiffers = file === "journald.conf" && key === "ForwardToSyslog" && (await isDebianFamily(host));
  return { value: debianDiffers ? "yes" : known.byDefault, source: builtInDefault };
}

async function isDebianFamily(host: Host): Promise<boolean> {
  const { id, idLike } = await host.platform();
  return id === "debian" || idLike.includes("debian");
}
