import { type NftChain, type NftStatement, type NftTables, nftCondition } from "./nft-ruleset.ts";

/**
 * What `nft -j list ruleset` prints. Objects of kinds that say nothing about filtering are passed over.
 *
 * @see libnftables-json(5)
 * @throws Error when it is not such a text.
 */
export function parseNftJson(text: string): NftTables {
  const tables = new Set<string>();
  const chains = new Map<string, NftChain>();
  const root: unknown = JSON.parse(text);
  const objects = member(root, "nftables");
  if (!Array.isArray(objects)) throw new Error("nft printed no ruleset");
  for (const object of objects as readonly unknown[]) {
    const table = member(object, "table");
    if (table !== undefined) tables.add(`${textOf(table, "family")} ${textOf(table, "name")}`);
    const chain = member(object, "chain");
    if (chain !== undefined) addChain(chains, chain);
    const rule = member(object, "rule");
    if (rule !== undefined) {
      const key = [textOf(rule, "family"), textOf(rule, "table"), textOf(rule, "chain")].join(" ");
      const expressions = member(rule, "expr");
      chains.get(key)?.statements.push(statementOf(Array.isArray(expressions) ? expressions : []));
    }
  }
  return { tables, chains };
}

function addChain(chains: NftTables["chains"], chain: unknown): void {
  const [family, table, name] = [textOf(chain, "family"), textOf(chain, "table"), textOf(chain, "name")];
  const hook = textOf(chain, "hook");
  const priority = member(chain, "prio");
  chains.set(`${family} ${table} ${name}`, {
    family,
    table,
    name,
    hook:
      hook === ""
        ? null
        : {
            type: textOf(chain, "type"),
            hook,
            priority: typeof priority === "number" ? priority : 0,
            policy: textOf(chain, "policy") === "drop" ? "drop" : "accept",
          },
    statements: [],
  });
}

/** Statements that neither choose packets nor decide about them. */
const silent = new Set(["counter", "log", "comment", "nflog"]);

function statementOf(expressions: readonly unknown[]): NftStatement {
  const conditions: (string | null)[] = [];
  let verdict: string | null = null;
  let jump: string | null = null;
  for (const expression of expressions) {
    const [kind = ""] = typeof expression === "object" && expression !== null ? Object.keys(expression) : [];
    if (silent.has(kind)) continue;
    const value = member(expression, kind);
    if (kind === "accept" || kind === "drop" || kind === "reject") verdict = kind;
    else if (kind === "jump" || kind === "goto") jump = textOf(value, "target");
    else conditions.push(kind === "match" ? conditionOf(value) : null);
  }
  return { conditions, verdict, jump };
}

function conditionOf(match: unknown): string | null {
  const left = member(match, "left");
  const meta = textOf(member(left, "meta"), "key");
  const payload = member(left, "payload");
  const field = payload === undefined ? meta : `${textOf(payload, "protocol")} ${textOf(payload, "field")}`;
  const right = member(match, "right");
  const prefix = member(right, "prefix");
  const length = member(prefix, "len");
  const value =
    typeof right === "string" ? right : typeof length === "number" ? `${textOf(prefix, "addr")}/${length}` : "";
  const operator = textOf(match, "op");
  return operator === "==" || operator === "!=" ? nftCondition(field, operator, value) : null;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

function textOf(value: unknown, name: string): string {
  const text = member(value, name);
  return typeof text === "string" ? text : "";
}
