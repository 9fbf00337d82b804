import type { Host } from "../host.ts";
import { modeOfFlags } from "./apparmor-modes.ts";

export interface ProfileOnDisk {
  readonly name: string;
  readonly mode: string;
  /** e.g. "/etc/apparmor.d/usr.bin.man:12". */
  readonly source: string;
}

const directory = "/etc/apparmor.d";

/** What apparmor_parser leaves out of a directory: hidden files and what package managers and editors leave behind. */
const leftovers = /^\.|~$|\.(?:dpkg-(?:new|old|dist|bak|remove)|pacsave|pacnew|rpmnew|rpmsave|orig|rej)$/;

/**
 * The profiles of /etc/apparmor.d as the next boot loads them, child profiles and hats among them. A file with a link in
 * disable/ is not loaded; all of one with a link in force-complain/ only complains. @see apparmor_parser(8), apparmor.d(5)
 *
 * @throws UnreadableError
 */
export async function readProfilesOnDisk(host: Host): Promise<ProfileOnDisk[]> {
  const disabled = new Set(await host.list(`${directory}/disable`));
  const complaining = new Set(await host.list(`${directory}/force-complain`));
  const names = ((await host.list(directory)) ?? []).filter((name) => !leftovers.test(name) && !disabled.has(name));
  const profiles: ProfileOnDisk[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    if ((await host.stat(path))?.type !== "file") continue;
    for (const profile of parseProfiles(path, (await host.readText(path)) ?? ""))
      profiles.push(complaining.has(name) ? { ...profile, mode: "complain" } : profile);
  }
  return profiles;
}

/** `profile name /path flags=(…) {`, `/path {`, `^hat {`, `hat name {`, at the beginning of a line. */
const header =
  /^\s*(?<keyword>profile\s+|hat\s+|\^|(?=["/@{]))(?<name>"[^"]*"|[^\s"#,]+)(?<rest>[^\n#]*?)\{\s*(?:#.*)?$/;

function parseProfiles(path: string, text: string): ProfileOnDisk[] {
  const profiles: ProfileOnDisk[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    // The brace may stand alone on the next line.
    const whole = lines[index + 1]?.trim() === "{" && !/\{\s*$/.test(line) ? `${line} {` : line;
    const { keyword = "", name = "", rest = "" } = header.exec(whole.slice(0, 2000))?.groups ?? {};
    if (name === "" || name === "{") continue;
    const flags = /(?:^|\s)(?:flags\s*=\s*)?\(([^)]*)\)/.exec(rest)?.[1] ?? "";
    profiles.push({
      name: `${keyword.trim() === "^" ? "^" : ""}${name.replaceAll('"', "")}`,
      mode: modeOfFlags(flags.split(/[\s,]+/)),
      source: `${path}:${index + 1}`,
    });
  }
  return profiles;
}
