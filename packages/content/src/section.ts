import type { Benchmark } from "./pack.ts";

/** The longest section a recommendation's number lies in, as "3.3 Network parameters"; "Other" when none is named. */
export function sectionOf({ sections }: Pick<Benchmark, "sections">, number: string): string {
  const parts = number.split(".");
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const prefix = parts.slice(0, length).join(".");
    const name = sections[prefix];
    if (name !== undefined) return `${prefix} ${name}`;
  }
  return "Other";
}
