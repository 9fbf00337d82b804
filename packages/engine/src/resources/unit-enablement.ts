import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { parseIniFile } from "./ini-file.ts";
import { findUnitFile } from "./unit-files.ts";
import { findEnablingLink } from "./unit-links.ts";

/** What `systemctl is-enabled` says of a unit; "not-found" when nothing defines it. @see systemctl(1) */
export const enablements = [
  "enabled",
  "enabled-runtime",
  "disabled",
  "static",
  "indirect",
  "masked",
  "masked-runtime",
  "linked",
  "generated",
  "transient",
  "alias",
  "not-found",
] as const;
export type Enablement = (typeof enablements)[number];

export interface UnitEnablement {
  /** The unit meant, after aliases. */
  readonly unit: string;
  readonly enablement: Enablement;
  /** The link, file or script that says so; null for not-found. */
  readonly source: string | null;
}

/** As systemd, which refuses longer chains. */
const maxAliases = 8;

/**
 * How a unit starts at boot, worked out from files and links alone, so that it is right for an image too. An alias is
 * followed: what counts is the unit it names. Presets are not applied.
 *
 * @throws UnreadableError
 */
export async function readEnablement(host: Host, unit: string, aliases = 0): Promise<UnitEnablement> {
  const file = await findUnitFile(host, unit);
  if (file === null) return (await readScript(host, unit)) ?? { unit, enablement: "not-found", source: null };
  const { path } = file;
  if (file.found === "masked")
    return { unit, enablement: path.startsWith("/run/") ? "masked-runtime" : "masked", source: path };
  if (file.found === "alias") {
    if (aliases >= maxAliases) return { unit, enablement: "alias", source: path };
    return readEnablement(host, file.unit, aliases + 1);
  }
  if (path.startsWith("/run/systemd/generator")) return { unit, enablement: "generated", source: path };
  if (path.startsWith("/run/systemd/transient/")) return { unit, enablement: "transient", source: path };
  for (const [where, enablement] of [
    ["persistent", "enabled"],
    ["runtime", "enabled-runtime"],
  ] as const) {
    const link = await findEnablingLink(host, unit, where);
    if (link !== null) return { unit, enablement, source: link };
  }
  const isLinked = path.startsWith("/etc/systemd/system/") && (await host.readLink(path)) !== null;
  return { unit, enablement: isLinked ? "linked" : withoutLinks(path, file.text), source: path };
}

/** By [Install] alone: whether there is anything `systemctl enable` would do. */
function withoutLinks(path: string, text: string): Enablement {
  const install = parseIniFile(path, text, true).filter(({ section, value }) => section === "Install" && value !== "");
  if (install.some(({ key }) => ["WantedBy", "RequiredBy", "UpheldBy", "Alias"].includes(key))) return "disabled";
  return install.some(({ key }) => key === "Also") ? "indirect" : "static";
}

/** A System V script stands for a service without a unit file; its S-links say whether it starts. @see systemd-sysv-generator(8) */
async function readScript(host: Host, unit: string): Promise<UnitEnablement | null> {
  const [, name] = /^([^@]+)\.service$/.exec(unit) ?? [];
  if (name === undefined) return null;
  const scripts = (await host.list("/etc/init.d")) ?? [];
  const script = [name, `${name}.sh`].find((candidate) => scripts.includes(candidate));
  if (script === undefined) return null;
  const started = await derivedOnce(host, "started System V scripts", () => readStartedScripts(host));
  const link = started.get(script);
  return { unit, enablement: link === undefined ? "disabled" : "enabled", source: link ?? `/etc/init.d/${script}` };
}

/** The first S-link of each script in the run levels of normal operation. */
async function readStartedScripts(host: Host): Promise<ReadonlyMap<string, string>> {
  const links = new Map<string, string>();
  for (const level of ["2", "3", "4", "5"]) {
    for (const name of (await host.list(`/etc/rc${level}.d`)) ?? []) {
      const script = /^S\d\d(.+)$/.exec(name)?.[1];
      if (script !== undefined && !links.has(script)) links.set(script, `/etc/rc${level}.d/${name}`);
    }
  }
  return links;
}
