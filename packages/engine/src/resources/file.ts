import { type Static, Type } from "typebox";
import { isGlob } from "../glob.ts";
import type { Judgement, Resource } from "../resource.ts";
import { meetsAttributes, octal, planFileFix } from "./file-fix.ts";
import { type FileState, modeText, type ObservedFile, readFiles } from "./file-state.ts";

const Target = Type.Object({ path: Type.String({ pattern: "^/" }) }, { additionalProperties: false });
const Names = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const Desired = Type.Object(
  {
    /** Bits a file may have, setuid, setgid and sticky among them; it need not have them. */
    mode_max: Type.Optional(Type.String({ pattern: "^[0-7]{4}$" })),
    owner: Type.Optional(Names),
    group: Type.Optional(Names),
    exists: Type.Optional(Type.Boolean()),
    /** What it means when nothing is there. Default: "fail" for a plain path, "pass" for a glob. */
    if_missing: Type.Optional(Type.Enum(["pass", "fail", "not_applicable"] as const)),
  },
  { additionalProperties: false, minProperties: 1 },
);
type Desired = Static<typeof Desired>;

/**
 * Files' mode and owner. Named users of a POSIX ACL have no more than the group bits show, the ACL's mask, so `mode_max`
 * bounds them too. A link in a glob has no mode of its own to judge. @see chmod(1), acl(5)
 */
export const file: Resource<Static<typeof Target>, FileState, Desired> = {
  kind: "file",
  target: Target,
  desired: Desired,
  address: ({ path }) => `file:${path}`,
  read: (host, { path }) => readFiles(host, path),
  judge({ files, truncated }, desired, { path }) {
    const expected = `${path} ${describeDesired(desired)}`;
    const [first] = files;
    if (first === undefined) return judgeMissing(desired, path, expected);
    if (desired.exists === false)
      return { verdict: "fail", expected, actual: `${listSome(files)} exists`, source: first.path };
    const wrong = files.filter((candidate) => !meetsAttributes(candidate, desired));
    if (wrong[0] !== undefined) return { verdict: "fail", expected, actual: listSome(wrong), source: wrong[0].path };
    if (truncated)
      return { verdict: "error", expected, actual: `more than ${files.length} files, not all were read`, source: null };
    return { verdict: "pass", expected, actual: listSome(files), source: first.path };
  },
  plan({ files, truncated }, desired, { path }) {
    if (truncated || desired.exists === false || (files.length === 0 && !isMissingRight(desired, path))) return null;
    return planFileFix(files, desired);
  },
};

function judgeMissing(desired: Desired, path: string, expected: string): Judgement {
  const verdict = desired.exists === false ? "pass" : verdictWhenMissing(desired, path);
  return { verdict, expected, actual: `${path} does not exist`, source: null };
}

function verdictWhenMissing({ exists, if_missing }: Desired, path: string): "pass" | "fail" | "not_applicable" {
  return if_missing ?? (exists === true || !isGlob(path) ? "fail" : "pass");
}

function isMissingRight(desired: Desired, path: string): boolean {
  return verdictWhenMissing(desired, path) !== "fail";
}

function describeDesired({ mode_max, owner, group, exists }: Desired): string {
  const parts = [
    exists === undefined ? null : exists ? "exists" : "does not exist",
    mode_max === undefined ? null : `has mode ${modeText(octal(mode_max))} or stricter`,
    owner === undefined ? null : `is owned by ${owner.join(" or ")}`,
    group === undefined ? null : `has group ${group.join(" or ")}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function listSome(files: readonly ObservedFile[]): string {
  const shown = files.slice(0, 5).map(({ path, mode, owner, group }) => `${path} ${mode} ${owner}:${group}`);
  return files.length > shown.length ? `${shown.join(", ")} and ${files.length - shown.length} more` : shown.join(", ");
}
