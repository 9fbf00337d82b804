/**
 * Whether a path matches a path of AppArmor's: `*` and `?` stay within a directory, `**` does not, `{a,b}` are choices,
 * `[a-z]` a class. One with more than 20 stars is taken literally, so that a match stays quick. @see apparmor.d(5), "Globbing"
 */
export function apparmorPattern(pattern: string): (path: string) => boolean {
  if (!/[*?[{\\]/.test(pattern)) return (path) => path === pattern;
  if (pattern.length > 1000 || pattern.split("*").length > 20) return (path) => path === pattern;
  try {
    const expression = new RegExp(`^${sourceOf(pattern)}$`, "su");
    return (path) => expression.test(path);
  } catch {
    return (path) => path === pattern;
  }
}

function sourceOf(pattern: string): string {
  let depth = 0;
  return pattern.replaceAll(/\*\*|\\.|\[\^?[^\]]*\]|./gsu, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.length > 1 && token.startsWith("[")) return token.replaceAll("\\", "\\\\");
    if (token === "{") {
      depth += 1;
      return "(?:";
    }
    if (token === "}" && depth > 0) {
      depth -= 1;
      return ")";
    }
    if (token === "," && depth > 0) return "|";
    return token.slice(-1).replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
}
