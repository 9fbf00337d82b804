import { type Host, UnreadableError } from "./host.ts";

/** What a glob found: sorted paths, and whether there were more than asked for. */
export interface GlobResult {
  readonly paths: readonly string[];
  readonly truncated: boolean;
}

/** Directories a `**` may visit; a home directory with more is not what a benchmark means. */
const maxDirectories = 20_000;

/** Not walked into unless the pattern names them: they hold no configuration, and may be endless. */
const pseudoFileSystems = new Set(["/proc", "/sys", "/dev", "/run/user"]);

export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * The paths a glob(7) matches, as entries (links are not resolved). `*` and `?` do not match a leading dot; `**` as a
 * whole component matches any number of directories, hidden ones too, and does not follow links.
 *
 * @param pattern absolute; one without wildcards gives itself when it is there.
 * @throws UnreadableError when a directory on the way cannot be listed.
 */
export async function expandGlob(host: Host, pattern: string, limit = 1000): Promise<GlobResult> {
  const found = new Set<string>();
  let visited = 0;
  let truncated = false;
  async function expand(base: string, components: readonly string[]): Promise<void> {
    if (truncated) return;
    const [component, ...rest] = components;
    if (component === undefined) {
      if (found.size < limit) found.add(base);
      else truncated ||= !found.has(base);
      return;
    }
    if (component === "**") return expandDeep(base, rest);
    if (!isGlob(component)) {
      const path = `${base}/${component}`;
      if (rest.length > 0 || (await host.lstat(path)) !== null) await expand(path, rest);
      return;
    }
    const matcher = componentMatcher(component);
    for (const name of (await host.list(base || "/")) ?? []) {
      if (matcher(name)) await expand(`${base}/${name}`, rest);
    }
  }
  /** `**`: the rest here, and in every directory below. */
  async function expandDeep(base: string, rest: readonly string[]): Promise<void> {
    visited += 1;
    if (visited > maxDirectories) truncated = true;
    if (truncated) return;
    if (rest.length > 0) await expand(base, rest);
    for (const name of (await host.list(base || "/")) ?? []) {
      const path = `${base}/${name}`;
      const type = (await host.lstat(path))?.type;
      if (type === undefined) continue;
      if (rest.length === 0) await expand(path, []);
      if (type === "directory" && !pseudoFileSystems.has(path)) await expandDeep(path, rest);
    }
  }
  await expand(
    "",
    pattern.split("/").filter((component) => component !== ""),
  );
  return { paths: [...found].sort(), truncated };
}

/**
 * All paths a glob(7) matches, for what must not be judged by a part of them.
 *
 * @throws UnreadableError also `too_large`, when there are over 1000.
 */
export async function expandWhole(host: Host, pattern: string): Promise<readonly string[]> {
  const { paths, truncated } = await expandGlob(host, pattern);
  if (truncated) throw new UnreadableError("too_large", `too many files: ${pattern}`);
  return paths;
}

/** Whether a name matches one component of a glob(7): `*`, `?`, `[a-z]`, `[!a-z]`, backslash escapes. */
export function componentMatcher(component: string): (name: string) => boolean {
  const tokens = tokensOf(component);
  const dotAllowed = component.startsWith(".") || component.startsWith("\\.");
  return (name) => (dotAllowed || !name.startsWith(".")) && matchesTokens(tokens, name);
}

/** One character's condition, or a star. */
type Token = "star" | ((character: string) => boolean);

function tokensOf(component: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < component.length; at += 1) {
    const character = component.charAt(at);
    const set = character === "[" ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(component.slice(at)) : null;
    if (set !== null) {
      const members = set[2] ?? "";
      tokens.push((candidate) => isInSet(candidate, members) === (set[1] === ""));
      at += set[0].length - 1;
    } else if (character === "*") {
      tokens.push("star");
    } else if (character === "?") {
      tokens.push(() => true);
    } else {
      if (character === "\\" && at + 1 < component.length) at += 1;
      const wanted = component.charAt(at);
      tokens.push((candidate) => candidate === wanted);
    }
  }
  return tokens;
}

function isInSet(character: string, members: string): boolean {
  for (let at = 0; at < members.length; at += 1) {
    const from = members.charAt(at);
    const isRange = members.charAt(at + 1) === "-" && at + 2 < members.length;
    const to = isRange ? members.charAt(at + 2) : from;
    if (from <= character && character <= to) return true;
    if (isRange) at += 2;
  }
  return false;
}

/** Goes back to the last star only, so that a hostile pattern costs no more than its length times the name's. */
function matchesTokens(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current === "star") {
      star = token;
      starAt = at;
      token += 1;
    } else if (current?.(name.charAt(at))) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      starAt += 1;
      at = starAt;
      token = star + 1;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((left) => left === "star");
}
