import { posix } from "node:path";
import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A link by which a unit is enabled: from a `.wants` directory, or an alias. */
interface UnitLink {
  readonly path: string;
  /** Its own name. */
  readonly name: string;
  /** The name of what it leads to. */
  readonly target: string;
  /** Whether it is in a `.wants`, `.requires` or `.upholds` directory. */
  readonly isDependency: boolean;
}

/** Where `systemctl enable` makes its links; those below /usr/lib are the vendor's, and static. */
const directories = { persistent: "/etc/systemd/system", runtime: "/run/systemd/system" } as const;

/**
 * The link that enables a unit; null when there is none.
 *
 * @throws UnreadableError
 */
export async function findEnablingLink(
  host: Host,
  unit: string,
  where: keyof typeof directories,
): Promise<string | null> {
  const links = await derivedOnce(host, `unit links ${where}`, () => readLinks(host, directories[where]));
  return links.find((link) => enables(link, unit))?.path ?? null;
}

/** The `.wants` link by which the vendor has a unit start; null when there is none. @throws UnreadableError */
export async function findVendorLink(host: Host, unit: string): Promise<string | null> {
  for (const directory of ["/usr/lib/systemd/system", "/lib/systemd/system"]) {
    const links = await derivedOnce(host, `unit links ${directory}`, () => readLinks(host, directory));
    const link = links.find((candidate) => candidate.isDependency && candidate.name === unit);
    if (link !== undefined) return link.path;
  }
  return null;
}

function enables({ name, target, isDependency }: UnitLink, unit: string): boolean {
  if (!isDependency) return target === unit && name !== unit;
  if (name === unit) return true;
  // A template is enabled by any of its instances; an instance only by its own link.
  return target === unit;
}

async function readLinks(host: Host, directory: string): Promise<readonly UnitLink[]> {
  const links: UnitLink[] = [];
  for (const name of (await host.list(directory)) ?? []) {
    const path = `${directory}/${name}`;
    if (/\.(?:wants|requires|upholds)$/.test(name)) {
      for (const wanted of (await host.list(path)) ?? []) {
        links.push(await readLinkAt(host, `${path}/${wanted}`, true));
      }
    } else {
      const link = await readLinkAt(host, path, false);
      if (link.target !== link.name) links.push(link);
    }
  }
  return links;
}

async function readLinkAt(host: Host, path: string, isDependency: boolean): Promise<UnitLink> {
  const name = posix.basename(path);
  const text = await host.readLink(path);
  return { path, name, target: text === null ? name : posix.basename(text), isDependency };
}
