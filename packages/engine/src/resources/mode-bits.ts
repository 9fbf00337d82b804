import { Type } from "typebox";

/** Permission bits in octal, e.g. "0640" or "1777". */
export const ModeText = Type.String({ pattern: "^[0-7]{3,4}$" });

/** Permission bits with setuid, setgid and sticky as four octal digits. */
export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}

/** Whether a mode has no bit that `max` lacks, setuid, setgid and sticky too. */
export function isWithinMode(mode: string, max: string): boolean {
  return (Number.parseInt(mode, 8) & ~Number.parseInt(max, 8)) === 0;
}
