import { Invalid } from "../errors.ts";

/**
 * A time that passed its schema, as a date.
 *
 * @throws Invalid for what RFC 3339 allows and we cannot keep: a leap second, or a year that is not 1 to 9999 in UTC.
 */
export function parseTime(text: string, field: string): Date {
  const time = new Date(text);
  const year = time.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) throw new Invalid(`${field} is not a time we can keep: ${text.slice(0, 40)}.`);
  return time;
}

/** The same, of a time that has to be ahead. @throws Invalid */
export function futureTime(text: string, field: string, now: Date): Date {
  const time = parseTime(text, field);
  if (time <= now) throw new Invalid(`${field} is in the past: ${text.slice(0, 40)}.`);
  return time;
}
