import { type Static, Type } from "typebox";
import { expandWhole } from "../glob.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";

/*
 * grub_password: { protected: true }
 *
 * Every GRUB menu names superusers, of whom one at least has a hashed password and none one in plain text. One without a
 * password cannot log in at all.
 *
 * State: { menus: [{ path, superusers: [name…], hashed: [name…], plain: [name…] }] }, without any hash
 */
const Target = Type.Object({}, { additionalProperties: false });
const Desired = Type.Object({ protected: Type.Literal(true) }, { additionalProperties: false });

interface GrubMenu {
  readonly path: string;
  readonly superusers: readonly string[];
  /** Users with a PBKDF2 hash. */
  readonly hashed: readonly string[];
  /** Users with a password in plain text. */
  readonly plain: readonly string[];
}

/** Whether changing GRUB's entries needs a password. @see GNU GRUB Manual, "Authentication and authorisation" */
export const grubPassword: Resource<
  Static<typeof Target>,
  { readonly menus: readonly GrubMenu[] },
  Static<typeof Desired>
> = {
  kind: "grub_password",
  target: Target,
  desired: Desired,
  address: () => "grub_password:menus",
  async read(host) {
    const menus: GrubMenu[] = [];
    for (const directory of ["/boot/grub", "/boot/grub2"]) {
      const text = await host.readText(`${directory}/grub.cfg`);
      if (text !== null) menus.push(readMenu(`${directory}/grub.cfg`, text, await hasUserHash(host, directory)));
    }
    return { menus };
  },
  judge({ menus }) {
    const expected = "every boot menu has a superuser with a hashed password, and none in plain text";
    const open = menus.find((menu) => weaknessOf(menu) !== null);
    const shown = open ?? menus[0];
    if (shown === undefined) return { verdict: "fail", expected, actual: "there is no grub.cfg", source: null };
    const actual =
      weaknessOf(shown) ??
      `superusers: ${shown.superusers.join(", ")}; with a hashed password: ${shown.hashed.join(", ")}`;
    return { verdict: open === undefined ? "pass" : "fail", expected, actual, source: shown.path };
  },
};

function weaknessOf({ superusers, hashed, plain }: GrubMenu): string | null {
  if (superusers.length === 0) return "no superusers are set";
  if (!superusers.some((name) => hashed.includes(name))) return `${superusers.join(", ")}: no hashed password`;
  const open = superusers.find((name) => plain.includes(name));
  return open === undefined ? null : `${open} has a password in plain text`;
}

function readMenu(path: string, text: string, hasUserFile: boolean): GrubMenu {
  let superusers: string[] = [];
  const hashed = new Set<string>();
  const plain = new Set<string>();
  for (const line of text.split("\n").map((raw) => raw.trim())) {
    const names = /^set\s+superusers\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S*))/.exec(line);
    // A menu of Red Hat's takes the superuser only when the file with the hash is there.
    if (names !== null)
      superusers = (names[1] ?? names[2] ?? names[3] ?? "").split(/[\s,;&|]+/).filter((n) => n !== "");
    const [, command, user = "", secret = ""] = /^(password(?:_pbkdf2)?)\s+(\S+)\s+(\S+)/.exec(line) ?? [];
    // A broken hash lets nobody in either.
    const isHash = /^grub\.pbkdf2\.sha\d+\.\S/.test(secret);
    const isUserHash = /^"?\$\{?GRUB2_PASSWORD\}?"?$/.test(secret) && hasUserFile;
    if (command === "password_pbkdf2" && (isHash || isUserHash)) hashed.add(user);
    else if (command === "password") plain.add(user);
  }
  return { path, superusers, hashed: [...hashed].sort(), plain: [...plain].sort() };
}

/** Whether user.cfg, which grub2-setpassword writes beside the menu or on the EFI partition, holds a hash. */
async function hasUserHash(host: Host, directory: string): Promise<boolean> {
  const efi = await expandWhole(host, "/boot/efi/EFI/*/user.cfg");
  for (const path of [`${directory}/user.cfg`, ...efi]) {
    const text = (await host.readText(path)) ?? "";
    if (/^\s*GRUB2_PASSWORD=["']?grub\.pbkdf2\.sha\d+\.\d+\.[0-9A-Fa-f]+\.[0-9A-Fa-f]+["']?\s*$/m.test(text))
      return true;
  }
  return false;
}
