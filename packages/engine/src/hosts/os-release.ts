import type { Platform } from "@holdfast/contracts/platform";
import { type Host, UnreadableError } from "../host.ts";

/**
 * What the machine is. @see os-release(5): /etc/os-release wins over /usr/lib/os-release.
 * @throws UnreadableError when there is neither, or it names no ID.
 */
export async function readPlatform(host: Pick<Host, "readText">): Promise<Platform> {
  const text = (await host.readText("/etc/os-release")) ?? (await host.readText("/usr/lib/os-release"));
  if (text === null) throw new UnreadableError("unreadable", "cannot tell the platform: there is no /etc/os-release");
  return parseOsRelease(text);
}

/** @throws UnreadableError when it names no usable ID. */
export function parseOsRelease(text: string): Platform {
  const fields = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const assignment = /^\s*([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (assignment) fields.set(assignment[1] ?? "", unquote((assignment[2] ?? "").trim()));
  }
  const id = fields.get("ID") ?? "";
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(id))
    throw new UnreadableError("invalid", "cannot tell the platform: os-release names no ID");
  return {
    osType: "linux",
    id: id.toLowerCase(),
    idLike: (fields.get("ID_LIKE") ?? "")
      .split(/\s+/)
      .filter((like) => like !== "" && like.length <= 64)
      .slice(0, 16),
    version: (fields.get("VERSION_ID") ?? "").slice(0, 64),
    name: (fields.get("PRETTY_NAME") ?? fields.get("NAME") ?? id).slice(0, 200),
  };
}

/** Shell quoting as far as os-release(5) allows it: one quoted or bare word, with backslash escapes of `$ " \ \``. */
function unquote(value: string): string {
  const quote = value[0];
  if (quote === "'" && value.endsWith("'") && value.length > 1) return value.slice(1, -1);
  const inner = quote === '"' && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value;
  return inner.replaceAll(/\\([$"'\\`])/g, "$1");
}
