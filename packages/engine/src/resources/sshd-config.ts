import { posix } from "node:path";
import { componentMatcher, expandWhole } from "../glob.ts";
import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { canonicalKeyword, isLastValueUsed, isMatchable } from "./sshd-keywords.ts";
import { type SshdLine, sshdLines } from "./sshd-lines.ts";

export const sshdConfigPath = "/etc/ssh/sshd_config";

/** For which connections a line counts. */
interface Scope {
  /** The Match block it stands in; null: it holds for every connection. */
  readonly match: SshdMatch | null;
  /** Whether it stands in a `Match all` block, which is for every connection too but comes after the rest. */
  readonly inMatchAll: boolean;
}

/** A keyword that is set somewhere. */
export interface SshdSetting extends SshdLine, Scope {
  readonly type: "setting";
  /** As `sshd -T` names it. */
  readonly keyword: string;
  readonly path: string;
  /** `/etc/ssh/sshd_config:12`. */
  readonly source: string;
}

export interface SshdMatch {
  /** The conditions as written, e.g. `User bob`. */
  readonly conditions: string;
  /** Tells blocks with the same conditions apart. */
  readonly number: number;
}

/** Everything sshd reads, in the order it reads it. */
export type SshdItem =
  | SshdSetting
  | { readonly type: "include"; readonly pattern: string; readonly match: SshdMatch | null }
  | { readonly type: "file"; readonly path: string }
  | { readonly type: "include_end" };

/** As in sshd; more is an error there too. */
const maxDepth = 16;
/** Far more than anyone has; includes that include each other in wide fans would never end. */
const maxFiles = 1000;

/**
 * The daemon's configuration, includes resolved in place. Null when /etc/ssh/sshd_config is absent. A Match block
 * ends with the file it is in.
 * @see sshd_config(5), "Include" and "Match"
 * @throws UnreadableError
 */
export function readSshdConfig(host: Host): Promise<readonly SshdItem[] | null> {
  return derivedOnce(host, "sshd_config", async () => {
    const text = await host.readText(sshdConfigPath);
    if (text === null) return null;
    const items: SshdItem[] = [];
    let files = 0;
    let matches = 0;
    await readFile(sshdConfigPath, text, { match: null, inMatchAll: false }, 0);
    return items;

    async function readFile(path: string, content: string, outer: Scope, depth: number): Promise<void> {
      let scope = outer;
      for (const line of sshdLines(content)) {
        const keyword = canonicalKeyword(line.keyword);
        if (keyword === "match") {
          const conditions = line.args.join(" ");
          matches += 1;
          if (conditions.toLowerCase() === "all") scope = { match: outer.match, inMatchAll: outer.match === null };
          else scope = { match: { conditions: within(outer.match, conditions), number: matches }, inMatchAll: false };
        } else if (keyword === "include") {
          for (const pattern of line.args) await include(posix.resolve("/etc/ssh", pattern), scope, depth + 1);
        } else {
          items.push({ ...line, type: "setting", keyword, path, source: `${path}:${line.number}`, ...scope });
        }
      }
    }

    async function include(pattern: string, scope: Scope, depth: number): Promise<void> {
      if (depth > maxDepth)
        throw new UnreadableError("invalid", `${sshdConfigPath}: files include each other without end`);
      items.push({ type: "include", pattern, match: scope.match });
      for (const path of await expandWhole(host, pattern)) {
        files += 1;
        if (files > maxFiles)
          throw new UnreadableError("too_large", `${sshdConfigPath} includes over ${maxFiles} files`);
        const content = await host.readText(path);
        if (content === null) continue;
        items.push({ type: "file", path });
        await readFile(path, content, scope, depth);
      }
      items.push({ type: "include_end" });
    }
  });
}

function within(outer: SshdMatch | null, conditions: string): string {
  return outer === null ? conditions : `${outer.conditions} / ${conditions}`;
}

/**
 * The settings of one keyword: those for every connection, the one that wins first, and those of each Match block in
 * the order they are read.
 */
export function settingsOf(
  items: readonly SshdItem[],
  keyword: string,
): { readonly global: readonly SshdSetting[]; readonly matched: readonly (readonly SshdSetting[])[] } {
  const global: SshdSetting[] = [];
  const matched = new Map<number, SshdSetting[]>();
  for (const item of items) {
    if (item.type !== "setting" || item.keyword !== keyword) continue;
    if (item.match === null) {
      global.push(item);
      continue;
    }
    const block = matched.get(item.match.number);
    if (block === undefined) matched.set(item.match.number, [item]);
    else block.push(item);
  }
  if (isLastValueUsed(keyword)) global.reverse();
  const later = isMatchable(keyword) ? global.filter((setting) => setting.inMatchAll) : [];
  return { global: later.length > 0 ? later : global, matched: [...matched.values()] };
}

/** Whether a value in the file of that path, there already or not yet, wins over all others for every connection. */
export function winsIn(items: readonly SshdItem[], path: string, keyword: string): boolean {
  const { global } = settingsOf(items, keyword);
  const others = global.filter((setting) => setting.path !== path);
  if (others.length > 0 && (isLastValueUsed(keyword) || (isMatchable(keyword) && others[0]?.inMatchAll))) return false;
  return isReadFirst(items, path, keyword);
}

/** Whether the file is, or would be, read before anything else sets the keyword. */
function isReadFirst(items: readonly SshdItem[], path: string, keyword: string): boolean {
  let depth = 0;
  /** How deep the include stands that would read the file; zero while none has begun. */
  let reading = 0;
  for (const item of items) {
    if (item.type === "include") {
      depth += 1;
      if (reading === 0 && item.match === null && includes(item.pattern, path)) reading = depth;
    } else if (item.type === "include_end") {
      if (depth === reading) return true;
      depth -= 1;
    } else if (item.type === "file") {
      if (depth === reading && item.path >= path) return true;
    } else if (item.keyword === keyword && item.match === null) return false;
  }
  return false;
}

function includes(pattern: string, path: string): boolean {
  return (
    posix.dirname(pattern) === posix.dirname(path) && componentMatcher(posix.basename(pattern))(posix.basename(path))
  );
}
