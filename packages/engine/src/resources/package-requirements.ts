import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { fieldOf, readInstalledPackages, readInstalledStanzas } from "./installed-packages.ts";

/** What an installed package gives to others and needs from them. */
export interface PackageRequirements {
  readonly name: string;
  /** What it can be required by: its name, virtual packages or capabilities. */
  readonly provides: ReadonlySet<string>;
  /** Each has to be met by one of its alternatives. Versions are left out: what is installed is consistent. */
  readonly requires: readonly (readonly string[])[];
}

/**
 * What the installed packages need: dpkg's Depends and Pre-Depends, rpm's requirements except boolean ones. What is only
 * recommended is not needed. Once per host.
 * @throws UnreadableError
 */
export function readPackageRequirements(host: Host): Promise<readonly PackageRequirements[]> {
  return derivedOnce(host, "package requirements", async () => {
    const { manager } = await readInstalledPackages(host);
    return manager === "dpkg" ? ((await readInstalledStanzas(host)) ?? []).map(ofStanza) : readRpm(host);
  });
}

function ofStanza(stanza: string): PackageRequirements {
  const name = fieldOf(stanza, "Package") ?? "";
  const listed = (field: string) => (fieldOf(stanza, field) ?? "").split(",").filter((part) => part.trim() !== "");
  return {
    name,
    provides: new Set([name, ...listed("Provides").map(withoutVersion)]),
    requires: [...listed("Pre-Depends"), ...listed("Depends")].map((group) => group.split("|").map(withoutVersion)),
  };
}

/** "libc6:any (>= 2.34)" is "libc6". */
function withoutVersion(relation: string): string {
  return /^\s*([^\s:(]*)/.exec(relation)?.[1] ?? "";
}

async function readRpm(host: Host): Promise<readonly PackageRequirements[]> {
  const [provided, required] = await Promise.all([readTags(host, "PROVIDENAME"), readTags(host, "REQUIRENAME")]);
  const names = [...new Set([...provided.keys(), ...required.keys()])];
  return names.map((name) => ({
    name,
    provides: new Set([name, ...(provided.get(name) ?? [])]),
    requires: (required.get(name) ?? []).filter((capability) => !capability.startsWith("(")).map((one) => [one]),
  }));
}

/** Every value of a tag that is a list, by package. */
async function readTags(host: Host, tag: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const command = ["rpm", "-qa", "--qf", `[%{=NAME}\\t%{${tag}}\\n]`] as const;
  const { exitCode, stdout, stderr } = await host.run(command, { timeoutMs: 60_000 });
  if (exitCode !== 0) throw new UnreadableError("unreadable", `rpm -qa failed: ${stderr.trim().slice(0, 200)}`);
  const values = new Map<string, string[]>();
  for (const line of stdout.split("\n")) {
    const [name = "", value = ""] = line.split("\t");
    if (name !== "") values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}
