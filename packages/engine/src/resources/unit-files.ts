import { posix } from "node:path";
import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** Where system units are looked for, the first wins. @see systemd.unit(5), "Unit File Load Path" */
export const unitDirectories = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  "/run/systemd/transient",
  "/run/systemd/generator.early",
  "/etc/systemd/system",
  "/etc/systemd/system.attached",
  "/run/systemd/system",
  "/run/systemd/system.attached",
  "/run/systemd/generator",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
] as const;

/** What the load path has under a unit's name. */
export type UnitFile =
  | { readonly found: "file"; readonly path: string; readonly text: string }
  | { readonly found: "masked"; readonly path: string }
  /** A link to a unit of another name. */
  | { readonly found: "alias"; readonly path: string; readonly unit: string };

/**
 * The file that defines a unit; for an instance (`getty@tty1.service`) without one of its own, its template's. Null when
 * there is none.
 *
 * @throws UnreadableError
 */
export async function findUnitFile(host: Host, unit: string): Promise<UnitFile | null> {
  const template = templateOf(unit);
  for (const name of template === null ? [unit] : [unit, template]) {
    for (const directory of unitDirectories) {
      const names = await listNames(host, directory);
      const file = names.has(name) ? await readUnitFile(host, `${directory}/${name}`, unit) : null;
      if (file !== null) return file;
    }
  }
  return null;
}

/** `getty@.service` of `getty@tty1.service`; null for what is no instance. */
export function templateOf(unit: string): string | null {
  const [, prefix, instance, suffix] = /^([^@]+@)(.*)(\.[a-z]+)$/.exec(unit) ?? [];
  return instance === undefined || instance === "" ? null : `${prefix}${suffix}`;
}

function listNames(host: Host, directory: string): Promise<ReadonlySet<string>> {
  return derivedOnce(host, `unit names ${directory}`, async () => new Set(await host.list(directory)));
}

/** Null for a dangling link: systemd goes on looking. */
async function readUnitFile(host: Host, path: string, unit: string): Promise<UnitFile | null> {
  const link = await host.readLink(path);
  const target = link === null ? null : posix.resolve(posix.dirname(path), link);
  if (target === "/dev/null") return { found: "masked", path };
  if (target !== null) {
    const name = posix.basename(target);
    if (name !== unit && name !== templateOf(unit) && name !== posix.basename(path))
      return { found: "alias", path, unit: instantiate(name, unit) };
  }
  const text = await host.readText(path);
  if (text === null) return null;
  return text === "" ? { found: "masked", path } : { found: "file", path, text };
}

/** An instance's alias through a template is the same instance of the other template. */
function instantiate(template: string, unit: string): string {
  const instance = /@(.+)\.[a-z]+$/.exec(unit)?.[1];
  return instance === undefined ? template : template.replace(/@\./, `@${instance}.`);
}
