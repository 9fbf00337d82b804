import { formatAge, formatTime } from "../lib/format-time.ts";

/** A time as its age, the exact time in the user's zone on hover; a dash when there is none. */
export function Time({ at }: { readonly at: string | null }) {
  if (at === null) return "–";
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAge(at)}
    </time>
  );
}
