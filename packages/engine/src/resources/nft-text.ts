import {
  type NftChain,
  type NftHook,
  type NftStatement,
  type NftTables,
  nftCondition,
  nftPriority,
} from "./nft-ruleset.ts";

/** What a file asks to be included, and where among its other commands. */
export type ReadIncluded = (pattern: string) => Promise<readonly string[]>;

/**
 * A ruleset file as nft(8) reads it, tolerantly: what is not understood is a condition we do not know, not an error.
 * Later chains of the same name add to earlier ones; `flush ruleset` starts anew.
 *
 * @param included gives the texts of the files an `include` matches, in order.
 */
export async function parseNftText(text: string, included: ReadIncluded): Promise<NftTables> {
  const reader = new RulesetReader(included);
  await reader.read(text, 0);
  return { tables: reader.tables, chains: reader.chains };
}

const maxIncludes = 16;
const families = new Set(["ip", "ip6", "inet", "arp", "bridge", "netdev"]);

class RulesetReader {
  readonly tables = new Set<string>();
  readonly chains = new Map<string, NftChain>();
  readonly #variables = new Map<string, string>();
  readonly #included: ReadIncluded;

  constructor(included: ReadIncluded) {
    this.#included = included;
  }

  async read(text: string, depth: number): Promise<void> {
    for (const { words, block } of commandsOf(tokensOf(text))) {
      const [first = "", ...rest] = this.#substituted(words);
      if (first === "include" && depth < maxIncludes)
        for (const file of await this.#included(rest[0] ?? "")) await this.read(file, depth + 1);
      else if (first === "define" || first === "redefine") this.#define(rest);
      else if (first === "flush" && rest[0] === "ruleset") this.#clear();
      else if (["add", "create", "insert"].includes(first)) this.#apply(rest, block);
      else this.#apply([first, ...rest], block);
    }
  }

  #clear(): void {
    this.tables.clear();
    this.chains.clear();
  }

  #define([name = "", , ...value]: readonly string[]): void {
    this.#variables.set(`$${name}`, value.join(" "));
  }

  #substituted(words: readonly string[]): string[] {
    return words.map((word) => (word.startsWith("$") ? (this.#variables.get(word) ?? word) : word));
  }

  #apply([object = "", ...words]: readonly string[], block: readonly string[] | null): void {
    const family = families.has(words[0] ?? "") ? (words[0] ?? "") : "ip";
    const [table = "", chain = "", ...rest] = families.has(words[0] ?? "") ? words.slice(1) : words;
    if (object === "table") {
      this.tables.add(`${family} ${table}`);
      for (const { words: inner, block: body } of commandsOf(block ?? []))
        if (inner[0] === "chain") this.#chain(family, table, inner[1] ?? "", body ?? []);
    } else if (object === "chain") this.#chain(family, table, chain, block ?? []);
    else if (object === "rule") this.#chain(family, table, chain, rest);
  }

  #chain(family: string, table: string, name: string, body: readonly string[]): void {
    const key = `${family} ${table} ${name}`;
    const chain: NftChain = this.chains.get(key) ?? { family, table, name, hook: null, statements: [] };
    this.chains.set(key, chain);
    for (const statement of statementsOf(body)) {
      const words = this.#substituted(statement);
      const [first = ""] = words;
      if (first === "type") chain.hook = hookOf(words);
      else if (first === "policy") {
        if (chain.hook !== null) chain.hook = { ...chain.hook, policy: words[1] === "drop" ? "drop" : "accept" };
      } else if (!["comment", "devices", "flags"].includes(first)) chain.statements.push(ruleOf(words));
    }
  }
}

/** `type filter hook input [device eth0] priority filter + 10`. */
function hookOf(words: readonly string[]): NftHook {
  const after = (word: string): string[] => (words.includes(word) ? words.slice(words.indexOf(word) + 1) : []);
  return {
    type: words[1] ?? "",
    hook: after("hook")[0] ?? "",
    priority: nftPriority(after("priority")),
    policy: "accept",
  };
}

const end = "\n";

/** Words, braces, and `end` for a line's end or a semicolon. Quotes are taken off, comments left out. */
function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  for (const [token] of text.matchAll(/\\\n|#[^\n]*|"[^"\n]*"|[{};\n,]|(?:!=|==|[^\s{};,"#])+/g)) {
    if (token === "\\\n" || token.startsWith("#")) continue;
    if (token === ";" || token === "\n") tokens.push(end);
    else tokens.push(token.startsWith('"') ? token.slice(1, -1) : token);
  }
  return tokens;
}

interface Command {
  readonly words: readonly string[];
  /** The tokens between its braces; null when it has none. */
  readonly block: readonly string[] | null;
}

/** Commands, and what stands in a table: words up to a line's end, with a block or without. */
function* commandsOf(tokens: readonly string[]): Generator<Command> {
  let words: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    // A rule or a variable may hold a set in braces; that is no block.
    const isPlain = ["rule", "define", "element", "policy", "type"].some((word) => words.slice(0, 2).includes(word));
    if (token === end) {
      if (words.length > 0) yield { words, block: null };
      words = [];
    } else if (token === "{") {
      const close = closingBrace(tokens, at);
      if (isPlain) words.push(...tokens.slice(at, close + 1).filter((part) => part !== end));
      else {
        yield { words, block: tokens.slice(at + 1, close) };
        words = [];
      }
      at = close;
    } else words.push(token);
  }
  if (words.length > 0) yield { words, block: null };
}

/** The statements of a chain; line ends between the braces of a set end none. */
function* statementsOf(tokens: readonly string[]): Generator<readonly string[]> {
  let words: string[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    if (token === end) {
      if (words.length > 0) yield words;
      words = [];
    } else if (token === "{") {
      at = closingBrace(tokens, at);
      words.push("{}");
    } else words.push(token);
  }
  if (words.length > 0) yield words;
}

/** The last token when it is missing. */
function closingBrace(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at] === "{") depth += 1;
    if (tokens[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length;
}

function ruleOf(words: readonly string[]): NftStatement {
  const conditions: (string | null)[] = [];
  let verdict: string | null = null;
  let jump: string | null = null;
  let at = words[0] === "handle" || words[0] === "position" || words[0] === "index" ? 2 : 0;
  const next = (): string => words[at++] ?? "";
  const condition = (field: string): void => {
    const operator = words[at] === "!=" || words[at] === "==" ? next() : "==";
    conditions.push(nftCondition(field, operator, next()));
  };
  while (at < words.length) {
    const word = next();
    if (word === "meta") continue;
    if (word === "iif" || word === "iifname") condition(word);
    else if (word === "ip" || word === "ip6") condition(`${word} ${next()}`);
    else if (word === "accept" || word === "drop") verdict = word;
    else if (word === "reject") {
      verdict = word;
      break;
    } else if (word === "jump" || word === "goto") jump = next();
    else if (word === "comment") next();
    else if (word === "counter") {
      while (words[at] === "packets" || words[at] === "bytes" || words[at] === "name") at += 2;
    } else if (word === "log") {
      while (["prefix", "level", "group", "snaplen", "queue-threshold", "flags"].includes(words[at] ?? "")) at += 2;
    } else conditions.push(null);
  }
  return { conditions, verdict, jump };
}
