import { type Static, Type } from "typebox";
import { Comparison, describe, ListComparison, meets } from "../comparison.ts";
import type { SshdSettingState } from "./sshd-state.ts";

/** What may be wanted of a keyword of the SSH daemon. */
export const SshdDesired = Type.Union([
  Comparison,
  ListComparison,
  /** begin:rate:full of MaxStartups, none of the three larger. */
  Type.Object({ at_most_triple: Type.String({ pattern: "^\\d+:\\d+:\\d+$" }) }, { additionalProperties: false }),
  /** The value is the path of something that is there. */
  Type.Object({ file_exists: Type.Literal(true) }, { additionalProperties: false }),
]);
export type SshdDesired = Static<typeof SshdDesired>;

/** One value and what is known of it: the global one, or a Match block's. */
export type SshdCandidate = Pick<SshdSettingState, "value" | "refused" | "fileExists">;

/** A value that sshd refuses meets nothing: there would be no daemon to have it. */
export function sshdMeets({ value, refused, fileExists }: SshdCandidate, desired: SshdDesired): boolean {
  if (refused) return false;
  if ("file_exists" in desired) return fileExists === true;
  if ("at_most_triple" in desired) return isTripleAtMost(value, desired.at_most_triple);
  return meets(value, desired);
}

function isTripleAtMost(value: string | null, limit: string): boolean {
  const parts = /^(\d+):(\d+):(\d+)$/.exec(value ?? "")?.slice(1);
  const limits = limit.split(":");
  return parts?.every((part, index) => Number(part) <= Number(limits[index])) ?? false;
}

/** In words, to follow the keyword. */
export function describeSshd(desired: SshdDesired): string {
  if ("file_exists" in desired) return "names a file that is there";
  if ("at_most_triple" in desired) return `is at most ${desired.at_most_triple} in each part`;
  return describe(desired);
}
