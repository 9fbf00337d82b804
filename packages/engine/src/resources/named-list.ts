/** Names for a sentence: at most ten, then "and N more". */
export function namedList(names: readonly string[], separator = ", "): string {
  const shown = names.slice(0, 10).join(separator);
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
