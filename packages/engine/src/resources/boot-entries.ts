import { expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A kernel command line that can be booted. */
export interface BootEntry {
  /** `/boot/grub/grub.cfg:12`, `/boot/loader/entries/x.conf:5`. */
  readonly source: string;
  readonly commandLine: string;
}

/**
 * Every Linux entry of GRUB's menu and of the boot loader specification, memory tests left out. Once per host.
 * @throws UnreadableError when there is none, or one of the files cannot be read.
 */
export function readBootEntries(host: Host): Promise<readonly BootEntry[]> {
  return derivedOnce(host, "boot entries", async () => {
    const entries = [...(await readGrubEntries(host)), ...(await readLoaderEntries(host))];
    if (entries.length === 0) throw new UnreadableError("unreadable", "no boot entries found");
    return entries;
  });
}

async function readGrubEntries(host: Host): Promise<BootEntry[]> {
  const entries: BootEntry[] = [];
  for (const path of ["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"]) {
    for (const [index, line] of ((await host.readText(path)) ?? "").split(/\r?\n/).entries()) {
      const [, kernel = "", commandLine = ""] = /^\s*linux(?:16|efi)?\s+(\S+)\s*(.*)$/.exec(line) ?? [];
      if (kernel !== "" && !/memtest/i.test(kernel)) entries.push({ source: `${path}:${index + 1}`, commandLine });
    }
  }
  return entries;
}

const loaderDirectories = ["/boot", "/boot/efi", "/efi"].map((partition) => `${partition}/loader/entries`);

/** Entries without a kernel start something else. Variables such as `$kernelopts` come from GRUB's environment block. */
async function readLoaderEntries(host: Host): Promise<BootEntry[]> {
  const entries: BootEntry[] = [];
  const found = await Promise.all(loaderDirectories.map((directory) => expandWhole(host, `${directory}/*.conf`)));
  const paths = found.flat();
  if (paths.length === 0) return entries;
  const variables = await readGrubEnvironment(host);
  for (const path of paths) {
    const options: string[] = [];
    let source = `${path}:1`;
    const lines = ((await host.readText(path)) ?? "").split(/\r?\n/);
    if (!lines.some((line) => /^linux\s/.test(line))) continue;
    for (const [index, line] of lines.entries()) {
      const value = /^options\s+(.*)$/.exec(line)?.[1];
      if (value === undefined) continue;
      if (options.length === 0) source = `${path}:${index + 1}`;
      options.push(value.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => variables.get(name) ?? ""));
    }
    entries.push({ source, commandLine: options.join(" ") });
  }
  return entries;
}

/**
 * GRUB's environment block, which with UEFI may lie on the EFI partition. Where it has no `kernelopts`, Red Hat's menu sets
 * one itself.
 */
async function readGrubEnvironment(host: Host): Promise<ReadonlyMap<string, string>> {
  const variables = new Map<string, string>();
  const menu = (await host.readText("/boot/grub2/grub.cfg")) ?? "";
  const fallback = /^\s*set\s+kernelopts="([^"]*)"/m.exec(menu)?.[1];
  if (fallback !== undefined) variables.set("kernelopts", fallback);
  const onEfi = await expandWhole(host, "/boot/efi/EFI/*/grubenv");
  for (const path of [...onEfi, "/boot/grub/grubenv", "/boot/grub2/grubenv"]) {
    for (const line of ((await host.readText(path)) ?? "").split("\n")) {
      const [, name, value = ""] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) variables.set(name, value);
    }
  }
  return variables;
}

/**
 * An argument's value on a command line: of several the last; "" for one without "="; null when it is not there. Quotes
 * keep spaces together and are not part of the value. What follows `--` is for init. @see bootparam(7)
 */
export function findArgument(commandLine: string, argument: string): string | null {
  let value: string | null = null;
  for (const word of commandLine.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+|["']/g) ?? []) {
    const text = word.replaceAll(/["']/g, "");
    if (text === "--") break;
    const [name = "", ...rest] = text.split("=");
    // The kernel takes "-" and "_" in a parameter's name as equal.
    if (name.replaceAll("-", "_") === argument.replaceAll("-", "_")) value = rest.join("=");
  }
  return value;
}
