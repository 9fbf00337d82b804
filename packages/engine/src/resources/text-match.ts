import { type Static, Type } from "typebox";
import { expandWhole, isGlob } from "../glob.ts";
import type { Host } from "../host.ts";
import type { Resource } from "../resource.ts";

const Target = Type.Object(
  {
    path: Type.String({ pattern: "^/" }),
    /** A JavaScript regular expression, `u` flag, searched in each line. */
    pattern: Type.String({ minLength: 1 }),
  },
  { additionalProperties: false },
);
const Desired = Type.Object({ found: Type.Boolean() }, { additionalProperties: false });

interface TextMatchState {
  /** The first 20 lines that match, secrets blotted out, at most 200 characters each. */
  readonly matches: readonly { readonly path: string; readonly line: number; readonly text: string }[];
  /** The files that were searched. */
  readonly files: readonly string[];
}

const maxMatches = 20;

/** A line that is, or is not, in a file or in any file of a glob. For what has no syntax of its own worth a kind. */
export const textMatch: Resource<Static<typeof Target>, TextMatchState, Static<typeof Desired>> = {
  kind: "text_match",
  target: Target,
  desired: Desired,
  address: ({ path, pattern }) => `text_match:${path}:${pattern}`,
  async read(host, { path, pattern }) {
    const expression = new RegExp(pattern, "u");
    const matches: TextMatchState["matches"][number][] = [];
    const files: string[] = [];
    for (const candidate of await listFiles(host, path)) {
      const text = await host.readText(candidate);
      if (text === null) continue;
      files.push(candidate);
      for (const [index, line] of text.split(/\r?\n/).entries()) {
        // No setting is longer, and a line made to be long would make the search slow.
        if (matches.length < maxMatches && expression.test(line.slice(0, 10_000)))
          matches.push({ path: candidate, line: index + 1, text: withoutSecrets(line.trim()).slice(0, 200) });
      }
    }
    return { matches, files };
  },
  judge({ matches, files }, { found }, { path, pattern }) {
    const [first] = matches;
    const where = `${path} has ${found ? "a" : "no"} line matching /${pattern}/`;
    const nothing = files.length === 0 ? `${path} does not exist` : "no line matches";
    return {
      verdict: (first !== undefined) === found ? "pass" : "fail",
      expected: where,
      actual: first === undefined ? nothing : `${first.path}:${first.line}: ${first.text}`,
      source: first === undefined ? null : `${first.path}:${first.line}`,
    };
  },
};

/** Without a glob's directories; a plain path is read whatever it is. */
async function listFiles(host: Host, path: string): Promise<readonly string[]> {
  if (!isGlob(path)) return [path];
  const paths = await expandWhole(host, path);
  const isDirectory = await Promise.all(paths.map(async (found) => (await host.stat(found))?.type === "directory"));
  return paths.filter((_, index) => !isDirectory[index]);
}

/** Password hashes of crypt(5) and GRUB, and what follows `password=`, are not to leave the machine. */
function withoutSecrets(line: string): string {
  return line
    .replaceAll(/grub\.pbkdf2\.\S+/g, "grub.pbkdf2.[removed]")
    .replaceAll(/\$[0-9a-z]{1,8}\$\S{8,}/g, "[removed]")
    .replaceAll(/\b(pass(?:word|wd|phrase)?|secret|token)(\s*[=:]\s*)\S+/gi, "$1$2[removed]");
}
