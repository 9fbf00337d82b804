import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { logicalPamLines, splitPamLine } from "./pam-syntax.ts";

export const pamTypes = ["auth", "account", "password", "session"] as const;
export type PamType = (typeof pamTypes)[number];

/** One module of a service's stack. */
export interface PamLine {
  readonly type: PamType;
  /** e.g. "required", or "[success=1 default=ignore]" with single spaces. */
  readonly control: string;
  /** As written, e.g. "pam_unix.so" or an absolute path. */
  readonly module: string;
  readonly arguments: readonly string[];
  /** File and line it stands in, e.g. "/etc/pam.d/common-auth:17". */
  readonly source: string;
}

const maxDepth = 32;
/** Files that include one another twice each would otherwise take for ever. */
const maxIncludes = 500;

/**
 * All modules of a service in order, with include, substack and @include replaced by what they name; null when there is
 * no such service. A file that is included and absent contributes nothing. @see pam.conf(5), pam.d(5)
 *
 * @throws UnreadableError
 */
export function readPamStack(host: Host, service: string): Promise<readonly PamLine[] | null> {
  return derivedOnce(host, `pam stack ${service}`, async () => {
    let includes = 0;
    async function flatten(name: string, only: PamType | null, depth: number): Promise<PamLine[] | null> {
      includes += 1;
      if (depth > maxDepth || includes > maxIncludes) {
        throw new UnreadableError("too_large", `PAM service ${service}: too many nested includes`);
      }
      const file = await readServiceFile(host, name);
      if (file === null) return null;
      const flat: PamLine[] = [];
      for (const { text, line } of logicalPamLines(file.text)) {
        const entry = parseEntry(splitPamLine(text), `${file.path}:${line}`);
        if (entry === null) continue;
        if (!("include" in entry)) {
          if (only === null || entry.type === only) flat.push(entry);
        } else if (only === null || entry.type === null || entry.type === only) {
          for (const included of (await flatten(entry.include, entry.type ?? only, depth + 1)) ?? [])
            flat.push(included);
        }
      }
      return flat;
    }
    return flatten(service, null, 0);
  });
}

/** The module's file name, by which it is known whatever directory it is given with. */
export function moduleName(line: PamLine): string {
  return line.module.slice(line.module.lastIndexOf("/") + 1);
}

interface Include {
  /** Null: all types (@include, of Debian). */
  readonly type: PamType | null;
  readonly include: string;
}

/** Null for lines the library does not understand either. */
function parseEntry(words: readonly string[], source: string): PamLine | Include | null {
  const [first = "", control = "", module = "", ...rest] = words;
  if (first.toLowerCase() === "@include") return control === "" ? null : { type: null, include: control };
  const name = first.replace(/^-/, "").toLowerCase();
  const type = pamTypes.find((known) => known === name);
  if (type === undefined || module === "") return null;
  const lower = control.toLowerCase();
  if (lower === "include" || lower === "substack") return { type, include: module };
  return { type, control: control.startsWith("[") ? control : lower, module, arguments: rest, source };
}

interface ServiceFile {
  readonly path: string;
  readonly text: string;
}

/** An included name may be an absolute path. */
async function readServiceFile(host: Host, name: string): Promise<ServiceFile | null> {
  const paths = name.startsWith("/") ? [name] : [`/etc/pam.d/${name}`, `/usr/lib/pam.d/${name}`];
  for (const path of paths) {
    const text = await host.readText(path);
    if (text !== null) return { path, text };
  }
  return null;
}
