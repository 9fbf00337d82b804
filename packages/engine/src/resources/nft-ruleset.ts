/** One rule as far as we understand it. */
export interface NftStatement {
  /** e.g. "iif lo", "ip saddr 127.0.0.0/8", "iif != lo"; null for a condition of any other kind. */
  readonly conditions: readonly (string | null)[];
  /** accept, drop or reject; null when it has none, or leads elsewhere. */
  readonly verdict: string | null;
  /** The chain of the same table it jumps or goes to. */
  readonly jump: string | null;
}

/** Where a base chain is attached. */
export interface NftHook {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Null for a chain that is only jumped to. */
  hook: NftHook | null;
  readonly statements: NftStatement[];
}

/** Tables ("inet filter") and chains of a ruleset, however it was written. */
export interface NftTables {
  readonly tables: Set<string>;
  /** By "inet filter input". */
  readonly chains: Map<string, NftChain>;
}

/** What nftables filters, reduced to what is judged. */
export interface NftRuleset {
  /** Sorted, e.g. "inet filter". */
  readonly tables: readonly string[];
  /** The base chains, sorted by hook, priority, family and name. */
  readonly chains: readonly NftBaseChain[];
}

export interface NftBaseChain extends NftHook {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** In order, those that accept or drop by loopback interface or address alone, also in chains that are jumped to. */
  readonly loopback: readonly NftLoopbackRule[];
}

export interface NftLoopbackRule {
  readonly conditions: readonly string[];
  readonly verdict: string;
}

const maxDepth = 16;
const maxRules = 200;

export function reducedRuleset({ tables, chains }: NftTables): NftRuleset {
  const base: NftBaseChain[] = [];
  for (const { family, table, name, hook } of chains.values()) {
    if (hook === null) continue;
    const loopback: NftLoopbackRule[] = [];
    const visit = (chain: string, outer: readonly string[], depth: number): void => {
      for (const { conditions, verdict, jump } of chains.get(`${family} ${table} ${chain}`)?.statements ?? []) {
        if (loopback.length >= maxRules) return;
        const own = conditions.filter((condition) => condition !== null);
        if (own.length !== conditions.length) continue;
        const all = [...new Set([...outer, ...own])].sort();
        if (jump !== null && depth < maxDepth) visit(jump, all, depth + 1);
        else if (verdict !== null && all.length > 0) loopback.push({ conditions: all, verdict });
      }
    };
    visit(name, [], 0);
    base.push({ family, table, name, ...hook, loopback });
  }
  const key = (chain: NftBaseChain): string =>
    [chain.hook, String(1e6 + chain.priority), chain.family, chain.table, chain.name].join(" ");
  return { tables: [...tables].sort(), chains: base.sort((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

/** A condition on interface or address, in one spelling; null for values and fields that are not about loopback. */
export function nftCondition(field: string, operator: string, value: string): string | null {
  const not = operator === "!=" ? "!= " : "";
  if (field === "iif" || field === "iifname") return value === "lo" ? `iif ${not}lo` : null;
  if (/^ip [sd]addr$/.test(field) && /^127(?:\.\d{1,3}){3}(?:\/\d+)?$/.test(value)) return `${field} ${not}${value}`;
  if (/^ip6 [sd]addr$/.test(field) && /^::1(?:\/128)?$/.test(value)) return `${field} ${not}::1`;
  return null;
}

/** Names of chain priorities. @see nft(8), "Standard priority names" */
const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};

/** `filter`, `-5`, `filter + 10`; 0 when it is not understood. */
export function nftPriority(words: readonly string[]): number {
  const text = words.join("");
  const [, name = "", offset = "0"] = /^([a-z]*)([+-]?\d+)?$/.exec(text) ?? [];
  return (priorities[name] ?? 0) + Number(offset);
}
