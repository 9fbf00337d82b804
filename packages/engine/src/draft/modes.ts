const bitNames = [
  "others may execute",
  "others may write",
  "others may read",
  "the group may execute",
  "the group may write",
  "the group may read",
  "the owner may execute",
  "the owner may write",
  "the owner may read",
  "sticky",
  "setgid",
  "setuid",
];

/** Each mode with one bit more than the given one. */
export function widerModes(mode: number): { readonly name: string; readonly text: string }[] {
  return bitNames.flatMap((name, bit) =>
    (mode & (1 << bit)) === 0 ? [{ name, text: modeText(mode | (1 << bit)) }] : [],
  );
}

/** Permission bits with setuid, setgid and sticky as four octal digits. */
export function modeText(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
