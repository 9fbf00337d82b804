import { readDropInFiles } from "../drop-in-files.ts";
import type { Host } from "../host.ts";
import { parseIniFile } from "./ini-file.ts";
import { effectiveMountOptions } from "./mount-options.ts";
import type { ConfiguredMount } from "./mount-table.ts";
import { readEnablement } from "./unit-enablement.ts";
import { findUnitFile, unitDirectories } from "./unit-files.ts";
import { findVendorLink } from "./unit-links.ts";

/** The unit of a mount point: `var-log-audit.mount`. @see systemd-escape(1) --path */
export function mountUnitOf(path: string): string {
  const names = path.split("/").filter((name) => name !== "");
  const escaped = names.map((name) => [...Buffer.from(name)].map(escapeByte).join("")).join("-");
  return `${escaped === "" ? "-" : escaped.replace(/^\./, "\\x2e")}.mount`;
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[A-Za-z0-9:_.]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** What a mount's own unit file says, and whether it is the administrator's, which beats fstab. */
export interface MountUnit extends ConfiguredMount {
  readonly isAdministrators: boolean;
}

/** The mount a unit file makes at boot; null when there is none, or it is masked or not enabled. @see systemd.mount(5) */
export async function readMountUnit(host: Host, path: string): Promise<MountUnit | null> {
  const unit = mountUnitOf(path);
  const file = await findUnitFile(host, unit);
  if (file?.found !== "file" || file.path.startsWith("/run/systemd/generator")) return null;
  const { enablement } = await readEnablement(host, unit);
  const starts = enablement === "enabled" || (await findVendorLink(host, unit)) !== null;
  if (!starts) return null;
  const values = new Map(
    parseIniFile(file.path, file.text, true)
      .filter(({ section }) => section === "Mount")
      .map(({ key, value }) => [key, value]),
  );
  const options = (await readDropInOptions(host, path)) ?? values.get("Options") ?? "";
  return {
    source: values.get("What") ?? "",
    type: values.get("Type") ?? "",
    options: effectiveMountOptions(options || "defaults"),
    from: unit,
    isAdministrators: file.path.startsWith("/etc/"),
  };
}

/** `Options=` of the unit's drop-ins, which also apply to the unit fstab makes; the last counts. Null when none sets it. */
export async function readDropInOptions(host: Host, path: string): Promise<string | null> {
  const directories = unitDirectories.map((directory) => `${directory}/${mountUnitOf(path)}.d`);
  const assignments = (await readDropInFiles(host, directories)).flatMap((file) =>
    parseIniFile(file.path, file.text, true),
  );
  return assignments.findLast(({ section, key }) => section === "Mount" && key === "Options")?.value ?? null;
}
