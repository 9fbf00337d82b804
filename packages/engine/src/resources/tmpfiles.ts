import { type Static, Type } from "typebox";
import { readDropInFiles } from "../drop-in-files.ts";
import type { Resource } from "../resource.ts";
import { isWithinMode, modeText } from "./mode-bits.ts";

/*
 * tmpfiles: { path: /var/log/journal/%m/system.journal, mode_max: "0640" }
 *
 * What systemd-tmpfiles sets for a path, which is compared as it is written, specifiers and globs unresolved. Lines
 * without a mode leave it as it is; without any line there is nothing to judge.
 *
 * State: { mode: "0640" | null, user, group, source } | all null
 */
const Target = Type.Object({ path: Type.String({ pattern: "^/\\S+$" }) }, { additionalProperties: false });
const Desired = Type.Object({ mode_max: Type.String({ pattern: "^[0-7]{4}$" }) }, { additionalProperties: false });

interface TmpfilesState {
  /** Null when no line sets one. */
  readonly mode: string | null;
  readonly user: string | null;
  readonly group: string | null;
  readonly source: string | null;
}

const directories = ["/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d"];

/** The mode that tmpfiles.d gives a path: of files by basename, the first line for the path counts. @see tmpfiles.d(5) */
export const tmpfiles: Resource<Static<typeof Target>, TmpfilesState, Static<typeof Desired>> = {
  kind: "tmpfiles",
  target: Target,
  desired: Desired,
  address: ({ path }) => `tmpfiles:${path}`,
  async read(host, { path }) {
    for (const file of await readDropInFiles(host, directories)) {
      for (const [index, line] of file.text.split("\n").entries()) {
        const [type = "", quotedPath = "", mode = "-", user = "-", group = "-"] = line.trim().split(/\s+/);
        // Lines of these types remove things or set attributes, not modes.
        if (type === "" || type.startsWith("#") || /^[xXrRtThHaA]/.test(type)) continue;
        if (unquoted(quotedPath) !== path) continue;
        const digits = /^[~:]*([0-7]{3,5})$/.exec(mode)?.[1];
        return {
          mode: digits === undefined ? null : modeText(Number.parseInt(digits, 8)),
          user: nameOf(user),
          group: nameOf(group),
          source: `${file.path}:${index + 1}`,
        };
      }
    }
    return { mode: null, user: null, group: null, source: null };
  },
  judge({ mode, source }, { mode_max: max }, { path }) {
    const expected = `systemd-tmpfiles gives ${path} mode ${max} or stricter`;
    if (source === null) return { verdict: "not_applicable", expected, actual: "no line is for it", source };
    if (mode === null) return { verdict: "pass", expected, actual: "its mode is left as it is", source };
    return { verdict: isWithinMode(mode, max) ? "pass" : "fail", expected, actual: `mode ${mode}`, source };
  },
};

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2").replace(/(.)\/+$/, "$1");
}

function nameOf(field: string): string | null {
  return field === "-" ? null : field.replace(/^:/, "");
}
