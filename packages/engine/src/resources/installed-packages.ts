import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { compareDebVersions, compareRpmVersions, type VersionOrder } from "./package-version.ts";

/** What is installed: name → version, `[epoch:]version[-release]`; of several versions of one name the newest. */
export interface InstalledPackages {
  readonly manager: "dpkg" | "rpm";
  readonly versions: ReadonlyMap<string, string>;
}

/**
 * From dpkg's database where it lists anything, else from RPM's. Once per host.
 * @throws UnreadableError when there is neither, or it cannot be read.
 */
export function readInstalledPackages(host: Host): Promise<InstalledPackages> {
  return derivedOnce(host, "installed packages", async () => (await readDpkg(host)) ?? (await readRpm(host)));
}

/** @returns null when dpkg's database is absent or lists nothing, as where only its tools are installed. */
async function readDpkg(host: Host): Promise<InstalledPackages | null> {
  const stanzas = await readInstalledStanzas(host);
  if (stanzas === null) return null;
  const versions = new Map<string, string>();
  for (const stanza of stanzas)
    keepNewest(versions, fieldOf(stanza, "Package") ?? "", fieldOf(stanza, "Version") ?? "", compareDebVersions);
  return { manager: "dpkg", versions };
}

/**
 * What dpkg's database says of each installed package, field by field as deb822(5) has it.
 * @returns null when the database is absent or lists nothing.
 */
export async function readInstalledStanzas(host: Host): Promise<readonly string[] | null> {
  const parts = [await host.readText("/var/lib/dpkg/status")];
  // Minimal images keep one file per package, without a Status field.
  for (const name of (await host.list("/var/lib/dpkg/status.d")) ?? []) {
    if (!name.endsWith(".md5sums")) parts.push(await host.readText(`/var/lib/dpkg/status.d/${name}`));
  }
  const stanzas = parts.flatMap((text) => (text ?? "").split(/\r?\n[ \t]*\r?\n/));
  const listed = stanzas.filter((stanza) => fieldOf(stanza, "Package") !== null);
  return listed.length === 0 ? null : listed.filter((stanza) => isInstalled(fieldOf(stanza, "Status")));
}

/** The third word counts: what is held, or selected for removal, is installed still. @see dpkg(1), PACKAGE STATES */
function isInstalled(status: string | null): boolean {
  return status === null || /^\S+ ok (?:installed|triggers-awaited|triggers-pending)$/.test(status);
}

/** A field of one line. */
export function fieldOf(stanza: string, name: string): string | null {
  return new RegExp(`^${name}:[ \\t]*(.*?)[ \\t\\r]*$`, "m").exec(stanza)?.[1] ?? null;
}

async function readRpm(host: Host): Promise<InstalledPackages> {
  if ((await host.stat("/var/lib/rpm")) === null && (await host.stat("/usr/lib/sysimage/rpm")) === null)
    throw new UnreadableError("unsupported", "no package database of dpkg or rpm found");
  const format = "%{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
  const { exitCode, stdout, stderr } = await host.run(["rpm", "-qa", "--qf", format], { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new UnreadableError("unreadable", `rpm -qa failed: ${stderr.trim().slice(0, 200)}`);
  const versions = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [name = "", version = ""] = line.split("\t");
    if (name !== "") keepNewest(versions, name, version, compareRpmVersions);
  }
  return { manager: "rpm", versions };
}

function keepNewest(versions: Map<string, string>, name: string, version: string, compare: VersionOrder): void {
  const known = versions.get(name);
  if (known === undefined || compare(known, version) < 0) versions.set(name, version);
}
