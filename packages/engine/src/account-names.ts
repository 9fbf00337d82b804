import type { Host } from "./host.ts";
import { derivedOnce } from "./shared-reads.ts";

/** The machine's own account and group names; what is not in its files is its number as text. */
export interface AccountNames {
  user(uid: number): string;
  group(gid: number): string;
  /** Null when there is no such account. */
  uidOf(name: string): number | null;
  gidOf(name: string): number | null;
}

/**
 * The names in the host's /etc/passwd and /etc/group. @see passwd(5), group(5)
 * @throws UnreadableError when one of them is there and cannot be read.
 */
export function readAccountNames(host: Host): Promise<AccountNames> {
  return derivedOnce(host, "account names", async () => {
    const users = parseNames(await host.readText("/etc/passwd"));
    const groups = parseNames(await host.readText("/etc/group"));
    return {
      user: (uid) => users.nameOf.get(uid) ?? String(uid),
      group: (gid) => groups.nameOf.get(gid) ?? String(gid),
      uidOf: (name) => users.idOf.get(name) ?? null,
      gidOf: (name) => groups.idOf.get(name) ?? null,
    };
  });
}

/** The first line wins for a name and for a number, as in the C library. */
function parseNames(text: string | null): { nameOf: Map<number, string>; idOf: Map<string, number> } {
  const nameOf = new Map<number, string>();
  const idOf = new Map<string, number>();
  for (const line of (text ?? "").split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    if (name === "" || !/^\d{1,10}$/.test(id)) continue;
    if (!nameOf.has(Number(id))) nameOf.set(Number(id), name);
    if (!idOf.has(name)) idOf.set(name, Number(id));
  }
  return { nameOf, idOf };
}
