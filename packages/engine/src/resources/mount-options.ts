/** Options that undo each other; the last one named counts. @see mount(8) */
const opposites: Readonly<Record<string, string>> = {
  nodev: "dev",
  dev: "nodev",
  nosuid: "suid",
  suid: "nosuid",
  noexec: "exec",
  exec: "noexec",
  ro: "rw",
  rw: "ro",
  noauto: "auto",
  auto: "noauto",
};

/** Options that stand for several. */
const implied: Readonly<Record<string, readonly string[]>> = {
  defaults: ["rw", "suid", "dev", "exec", "auto"],
  user: ["noexec", "nosuid", "nodev"],
  users: ["noexec", "nosuid", "nodev"],
  owner: ["nosuid", "nodev"],
  group: ["nosuid", "nodev"],
};

/** What a comma-separated option list comes to: what a later option undoes left out, sorted. */
export function effectiveMountOptions(text: string): readonly string[] {
  const options = new Set<string>();
  for (const option of text.split(",").map((part) => part.trim())) {
    if (option === "") continue;
    options.add(option);
    for (const single of [option, ...(memberOf(implied, option) ?? [])]) {
      const opposite = memberOf(opposites, single);
      if (opposite !== undefined) options.delete(opposite);
      options.add(single);
    }
  }
  return [...options].sort();
}

function memberOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The octal escapes fstab(5) and proc_mounts(5) write for white space: `\040`. */
export function unescapeMountField(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
