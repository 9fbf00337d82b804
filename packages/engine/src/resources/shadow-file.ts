import { isName } from "./account-files.ts";

/** What /etc/shadow says of an account, without the hash. Days since 1970-01-01 UTC, or numbers of days; null when empty. */
export interface ShadowEntry {
  readonly name: string;
  /**
   * "set": a password hash. "locked": a hash behind "!". "none": something no password can match, such as "*" or "!".
   * "empty": no password is needed.
   */
  readonly password: "set" | "locked" | "empty" | "none";
  readonly lastChange: number | null;
  readonly minDays: number | null;
  readonly maxDays: number | null;
  readonly warnDays: number | null;
  readonly inactiveDays: number | null;
}

/** Null for a malformed line. The reserved ninth field may be left out, as the shadow suite has it. @see shadow(5) */
export function parseShadowLine(fields: readonly string[]): ShadowEntry | null {
  const [name = "", password = "", ...rest] = fields;
  const [lastChange, minDays, maxDays, warnDays, inactiveDays, expires] = rest.map(parseDays);
  if (fields.length < 8 || fields.length > 9 || !isName(name)) return null;
  if (lastChange === undefined || minDays === undefined || maxDays === undefined) return null;
  if (warnDays === undefined || inactiveDays === undefined || expires === undefined) return null;
  return { name, password: passwordState(password), lastChange, minDays, maxDays, warnDays, inactiveDays };
}

/** Undefined when it is no whole number. */
function parseDays(text: string): number | null | undefined {
  if (text === "") return null;
  return /^-?\d{1,10}$/.test(text) ? Number(text) : undefined;
}

/** A hash of crypt(5) starts with "$", or "_", or is the 13 characters of DES. */
function passwordState(text: string): ShadowEntry["password"] {
  if (text === "") return "empty";
  const behindMarks = text.replace(/^[!*]+/, "");
  if (!/^(\$.+|_.+|[./0-9A-Za-z]{13})$/.test(behindMarks)) return "none";
  return behindMarks === text ? "set" : "locked";
}
