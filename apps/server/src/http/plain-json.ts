const maxDepth = 64;

/**
 * What is wrong with a value from outside as data we can keep, in words that follow "it"; null when nothing is: it is
 * nested more than 64 deep, or holds text that PostgreSQL refuses (NUL), half a surrogate pair, or a number beyond a
 * double. Not recursive: the depth is hostile too.
 */
export function problemWithJson(root: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, depth } = item;
    if (depth > maxDepth) return `is nested more than ${maxDepth} deep`;
    if (typeof value === "string" && (value.includes("\0") || /\p{Surrogate}/u.test(value))) {
      return "holds a character that cannot be stored (NUL or half a surrogate pair)";
    }
    if (typeof value === "number" && !Number.isFinite(value)) return "holds a number that is out of range";
    if (value !== null && typeof value === "object") {
      for (const [key, member] of Object.entries(value)) {
        open.push({ value: key, depth: depth + 1 }, { value: member, depth: depth + 1 });
      }
    }
  }
  return null;
}
