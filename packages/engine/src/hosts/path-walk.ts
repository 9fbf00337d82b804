import { UnreadableError } from "../host.ts";

/** What stands at a path whose parent holds no links: a link's text, or whether one can go on below it. */
export type PathEntry = { readonly link: string } | { readonly directory: boolean };

/** As Linux: more links than this in one path are a loop. @see path_resolution(7) */
const maxLinks = 40;

/**
 * Follows a path component by component, so that `..` and absolute links stay below the root the entries come from.
 *
 * @param path absolute, as the machine sees it.
 * @param entryAt the entry at a path without links; null when there is none.
 * @param last whether a link in the last component is followed.
 * @returns the path without links; null when something on the way is absent or no directory.
 * @throws UnreadableError when there are too many links, or the path is not absolute.
 */
export async function walkPath(
  path: string,
  entryAt: (path: string) => Promise<PathEntry | null>,
  last: "follow" | "keep" = "follow",
): Promise<string | null> {
  if (!path.startsWith("/") || path.includes("\0"))
    throw new UnreadableError("invalid", `not an absolute path: ${path.slice(0, 200)}`);
  const pending = componentsOf(path).reverse();
  let current = "";
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === "..") {
      current = current.slice(0, Math.max(current.lastIndexOf("/"), 0));
      continue;
    }
    const next = `${current}/${name}`;
    const entry = await entryAt(next);
    if (entry === null) return null;
    if ("link" in entry && (pending.length > 0 || last === "follow")) {
      links += 1;
      if (links > maxLinks) throw new UnreadableError("unreadable", `too many symbolic links: ${path}`);
      if (entry.link.startsWith("/")) current = "";
      pending.push(...componentsOf(entry.link).reverse());
      continue;
    }
    if (pending.length > 0 && !("directory" in entry && entry.directory)) return null;
    current = next;
  }
  return current === "" ? "/" : current;
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
