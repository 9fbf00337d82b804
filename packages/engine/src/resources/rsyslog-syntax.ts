/** An object of RainerScript, e.g. `action(type="omfwd" target="log.example")`. */
interface RsyslogObject {
  readonly object: "action" | "module" | "input" | "include";
  /** By lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** A directive of the old format, e.g. `$FileCreateMode 0640`; its name in lower case. */
interface RsyslogDirective {
  readonly directive: string;
  readonly value: string;
}

/** An action of the old format, what follows a selector: `-/var/log/syslog`, `@@log.example:514`, `?DynamicFile`. */
interface RsyslogLegacyAction {
  readonly legacyAction: string;
}

export type RsyslogStatement = (RsyslogObject | RsyslogDirective | RsyslogLegacyAction) & { readonly line: number };

/**
 * What a file of rsyslog's says, in its order, as far as it opens files or connections or includes other files.
 * Conditions are not evaluated: what could happen counts. @see rsyslog.conf(5)
 */
export function parseRsyslog(text: string): RsyslogStatement[] {
  const statements: RsyslogStatement[] = [];
  const code = withoutComments(text);
  const outside: string[] = [];
  let line = 1;
  let at = 0;
  const objects = /\b(action|module|input|include)\s*\(/gi;
  for (let match = objects.exec(code); match !== null; match = objects.exec(code)) {
    const begin = match.index + match[0].length;
    const end = closingParenthesis(code, begin);
    const before = code.slice(at, match.index);
    line += countLines(before);
    const object = (match[1] ?? "").toLowerCase() as RsyslogObject["object"];
    statements.push({ object, parameters: parametersOf(code.slice(begin, end)), line });
    const whole = code.slice(match.index, end + 1);
    line += countLines(whole);
    // Only its line breaks are kept, for the numbers of the lines after it.
    outside.push(before, whole.replaceAll(/[^\n]/g, ""), " ");
    at = end + 1;
    objects.lastIndex = at;
  }
  for (const [index, rest] of [...outside, code.slice(at)].join("").split("\n").entries()) {
    const [, directive, value = ""] = /^\s*\$(\w+)\s+(.*?)\s*$/.exec(rest) ?? [];
    if (directive !== undefined) statements.push({ directive: directive.toLowerCase(), value, line: index + 1 });
    else for (const action of legacyActions(rest)) statements.push({ legacyAction: action, line: index + 1 });
  }
  return statements.sort((a, b) => a.line - b.line);
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

/** After a selector, `&`, `then`, or alone in a block. */
function legacyActions(line: string): string[] {
  const action = /(?:^|[\s{&;])(-?\/[^\s;{}]+|@@?[^\s;{}]+|\?\w+|:om\w+:[^\s;{}]*)(?:;\w+)?\s*\}?\s*$/.exec(line)?.[1];
  return action === undefined ? [] : [action];
}

/** With every comment blanked, so that places stay; `#` begins one outside quotes, and so does the C form. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\/|#[^\n]*/g, (token) =>
    token.startsWith("#") || token.startsWith("/*") ? token.replaceAll(/[^\n]/g, " ") : token,
  );
}

function closingParenthesis(text: string, begin: number): number {
  const tokens = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()]/g;
  tokens.lastIndex = begin;
  let depth = 1;
  for (let match = tokens.exec(text); match !== null; match = tokens.exec(text)) {
    if (match[0] === "(") depth += 1;
    else if (match[0] === ")") depth -= 1;
    if (depth === 0) return match.index;
  }
  return text.length;
}

function parametersOf(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = "", double, single] of text.matchAll(
    /([\w.]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\[)/g,
  ))
    parameters.set(name.toLowerCase(), double ?? single ?? "");
  return parameters;
}
