import { type Static, Type } from "typebox";
import { isBooted } from "../booted.ts";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { type FirewalldZone, parseZoneList, parseZoneXml } from "./firewalld-zones.ts";
import { namedList } from "./named-list.ts";

/*
 * firewalld: { zone: trusted, interface: lo }
 * firewalld: { rich_rule: { family: ipv4, source: 127.0.0.1, destination_not: 127.0.0.1, action: drop } }    in a zone in use
 * firewalld: { review: true }    a person looks at what the zones in use let in
 *
 * Both the zones now in force and those of the next boot must have it.
 */
const Target = Type.Object({}, { additionalProperties: false });
const RichRule = Type.Object(
  {
    family: Type.Enum(["ipv4", "ipv6"] as const),
    source: Type.String({ minLength: 1 }),
    destination_not: Type.String({ minLength: 1 }),
    action: Type.Literal("drop"),
  },
  { additionalProperties: false },
);
const Name = Type.String({ pattern: "^[A-Za-z0-9_.:-]+$" });
const Desired = Type.Union([
  Type.Object({ zone: Name, interface: Name }, { additionalProperties: false }),
  Type.Object({ rich_rule: RichRule }, { additionalProperties: false }),
  Type.Object({ review: Type.Literal(true) }, { additionalProperties: false }),
]);

interface FirewalldState {
  /** Of the zones that an interface or source leads to, and the default zone; sorted by name. */
  readonly atBoot: readonly FirewalldZone[];
  /** The same, in force now; none when firewalld does not run; left out where no services run. */
  readonly running?: readonly FirewalldZone[];
}

/** firewalld's zones. @see firewalld.zone(5), firewall-cmd(1) */
export const firewalld: Resource<Static<typeof Target>, FirewalldState, Static<typeof Desired>> = {
  kind: "firewalld",
  target: Target,
  desired: Desired,
  address: () => "firewalld:local",
  async read(host) {
    const defaultZone = await readDefaultZone(host);
    const atBoot = inUse(await readZoneFiles(host), defaultZone);
    if (!(await isBooted(host))) return { atBoot };
    return { atBoot, running: inUse(await readRunning(host), defaultZone) };
  },
  judge({ atBoot, running }, desired) {
    if ("review" in desired) {
      const expected = "a person knows and wants every service and port that is let in";
      return { verdict: "manual", expected, actual: (running ?? atBoot).map(describeZone).join("; "), source };
    }
    const isMet =
      "zone" in desired
        ? ({ name, interfaces }: FirewalldZone) => name === desired.zone && interfaces.includes(desired.interface)
        : ({ richRules }: FirewalldZone) => richRules.includes(spelled(desired.rich_rule));
    const what = "zone" in desired ? `${desired.interface} in the zone ${desired.zone}` : spelled(desired.rich_rule);
    const missing = [
      ...(running === undefined || running.some(isMet) ? [] : ["not in force now"]),
      ...(atBoot.some(isMet) ? [] : ["not set for the next boot"]),
    ];
    return {
      verdict: missing.length === 0 ? "pass" : "fail",
      expected: `${what}${running === undefined ? " (judged on disk only)" : ""}`,
      actual: missing.length === 0 ? "so it is" : missing.join(", "),
      source,
    };
  },
};

const source = "/etc/firewalld/zones";

function spelled({ family, source: from, destination_not: to, action }: Static<typeof RichRule>): string {
  return `${family} destination not ${to} source ${from} ${action}`;
}

function describeZone({ name, interfaces, services, ports }: FirewalldZone): string {
  const places = interfaces.length === 0 ? "" : ` (${interfaces.join(", ")})`;
  return `${name}${places}: ${namedList([...services, ...ports]) || "nothing"}`;
}

function inUse(zones: readonly FirewalldZone[], defaultZone: string): FirewalldZone[] {
  return zones
    .filter(({ name, interfaces, sources }) => interfaces.length + sources.length > 0 || name === defaultZone)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readDefaultZone(host: Host): Promise<string> {
  const text = (await host.readText("/etc/firewalld/firewalld.conf")) ?? "";
  return /^\s*DefaultZone\s*=\s*(\S+)/m.exec(text)?.[1] ?? "public";
}

/** A file of /etc takes the place of the one that came with the package. */
async function readZoneFiles(host: Host): Promise<FirewalldZone[]> {
  const zones = new Map<string, FirewalldZone>();
  for (const directory of ["/usr/lib/firewalld/zones", source]) {
    for (const file of (await host.list(directory)) ?? []) {
      const name = /^(.+)\.xml$/.exec(file)?.[1];
      const text = name === undefined ? null : await host.readText(`${directory}/${file}`);
      if (name !== undefined && text !== null) zones.set(name, parseZoneXml(name, text));
    }
  }
  return [...zones.values()];
}

/** firewall-cmd's exit status when firewalld does not run. */
const notRunning = 252;

async function readRunning(host: Host): Promise<FirewalldZone[]> {
  if (!host.privileged) throw new UnreadableError("needs_root", "needs root: cannot ask firewalld for its zones");
  const { exitCode, stdout, stderr } = await host.run(["firewall-cmd", "--list-all-zones"], { timeoutMs: 30_000 });
  if (exitCode === notRunning) return [];
  if (exitCode !== 0)
    throw new UnreadableError("unreadable", `firewall-cmd failed: ${(stderr || stdout).trim().slice(0, 200)}`);
  return parseZoneList(stdout);
}
