import { type Static, Type } from "typebox";
import type { Judgement } from "../resource.ts";
import type { NftBaseChain, NftLoopbackRule, NftRuleset } from "./nft-ruleset.ts";

const Hook = Type.Enum(["input", "forward", "output"] as const);
const Rule = Type.Union([
  Type.Object({ iif: Type.Literal("lo"), verdict: Type.Literal("accept") }, { additionalProperties: false }),
  Type.Object(
    { saddr: Type.Enum(["127.0.0.0/8", "::1"] as const), verdict: Type.Literal("drop") },
    { additionalProperties: false },
  ),
]);
type Rule = Static<typeof Rule>;

export const NftDesired = Type.Union([
  Type.Object({ tables_at_least: Type.Integer({ minimum: 1 }) }, { additionalProperties: false }),
  Type.Object({ base_chains: Type.Array(Hook, { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object(
    { default_drop: Type.Array(Hook, { minItems: 1 }), family: Type.Enum(["ip", "ip6"] as const) },
    { additionalProperties: false },
  ),
  Type.Object({ hook: Hook, rule: Rule }, { additionalProperties: false }),
]);
export type NftDesired = Static<typeof NftDesired>;

/** @param source where the ruleset was read. @param note for `expected`, e.g. " (judged on disk only)". */
export function judgeNft({ tables, chains }: NftRuleset, desired: NftDesired, source: string, note: string): Judgement {
  const result = (isRight: boolean, expected: string, actual: string): Judgement => ({
    verdict: isRight ? "pass" : "fail",
    expected: `${expected}${note}`,
    actual,
    source,
  });
  const filters = chains.filter(({ type }) => type === "filter");
  if ("tables_at_least" in desired) {
    const found = tables.length === 0 ? "no table" : tables.join(", ");
    return result(tables.length >= desired.tables_at_least, `at least ${desired.tables_at_least} table`, found);
  }
  if ("base_chains" in desired) {
    const missing = desired.base_chains.filter((hook) => !filters.some((chain) => chain.hook === hook));
    const actual = missing.length === 0 ? "there they are" : `no chain for ${missing.join(", ")}`;
    return result(missing.length === 0, `filter chains for ${desired.base_chains.join(", ")}`, actual);
  }
  if ("default_drop" in desired) {
    const { default_drop: hooks, family } = desired;
    const open = hooks.filter((hook) => !filters.some((chain) => dropsByDefault(chain, hook, family)));
    const expected = `${hooks.join(", ")} drop ${family === "ip" ? "IPv4" : "IPv6"} packets by default`;
    return result(open.length === 0, expected, open.length === 0 ? "they do" : `${open.join(", ")} let them through`);
  }
  const { hook, rule } = desired;
  const isThere = filters.some((chain) => chain.hook === hook && hasRule(chain, rule));
  const wish =
    "iif" in rule ? "from the interface lo is accepted" : `from ${rule.saddr} is dropped unless it came by lo`;
  return result(isThere, `what comes ${wish} at ${hook}`, isThere ? "so it is" : "no such rule, or it comes too late");
}

/** A packet passes only when no chain at its hook drops it, so one chain with this policy is enough. */
function dropsByDefault(chain: NftBaseChain, hook: string, family: "ip" | "ip6"): boolean {
  return chain.hook === hook && chain.policy === "drop" && (chain.family === "inet" || chain.family === family);
}

function hasRule({ loopback, family }: NftBaseChain, rule: Rule): boolean {
  const accepted = loopback.findIndex(acceptsLoopback);
  if ("iif" in rule) {
    const cutOff = loopback.findIndex(
      ({ conditions, verdict }) => verdict !== "accept" && !conditions.includes("iif != lo"),
    );
    return accepted >= 0 && (cutOff < 0 || accepted < cutOff);
  }
  const isIpv6 = rule.saddr === "::1";
  if (family !== "inet" && family !== (isIpv6 ? "ip6" : "ip")) return false;
  const address = `${isIpv6 ? "ip6" : "ip"} saddr ${rule.saddr}`;
  return loopback.some(
    ({ conditions, verdict }) =>
      verdict !== "accept" &&
      conditions.includes(address) &&
      conditions.every((condition) => condition === address || condition.includes("!= ")),
  );
}

function acceptsLoopback({ conditions, verdict }: NftLoopbackRule): boolean {
  return verdict === "accept" && conditions.length === 1 && conditions[0] === "iif lo";
}
