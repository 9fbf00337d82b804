import { type Static, Type } from "typebox";
import type { Judgement, Resource } from "../resource.ts";
import { type IptablesRule, type IptablesRuleset, readIptables } from "./iptables-rules.ts";

/*
 * iptables: { family: ipv4, chain: INPUT, policy: [DROP, REJECT] }
 * iptables: { family: ipv4, chain: INPUT, rules_in_order: [{ in: lo, target: ACCEPT }, { source: 127.0.0.0/8, target: DROP }] }
 * iptables: { family: ipv4, rule_count: 0 }    at most as many rules, in all tables; 0 also when there is no iptables
 *
 * A rule asked for is met by one with the same conditions and no others, wherever a chain jumps to; one that drops may
 * also spare the interface lo, and may reject. On an image, the rules that are loaded at boot are judged.
 */
const Family = Type.Enum(["ipv4", "ipv6"] as const);
const Chain = Type.Enum(["INPUT", "FORWARD", "OUTPUT"] as const);
const Action = Type.Enum(["ACCEPT", "DROP", "REJECT"] as const);
const WantedRule = Type.Object(
  {
    in: Type.Optional(Type.String({ minLength: 1 })),
    out: Type.Optional(Type.String({ minLength: 1 })),
    source: Type.Optional(Type.String({ minLength: 1 })),
    target: Type.Enum(["ACCEPT", "DROP"] as const),
  },
  { additionalProperties: false },
);
type WantedRule = Static<typeof WantedRule>;
const Target = Type.Object({ family: Family }, { additionalProperties: false });
const Desired = Type.Union([
  Type.Object({ chain: Chain, policy: Type.Array(Action, { minItems: 1 }) }, { additionalProperties: false }),
  Type.Object(
    { chain: Chain, rules_in_order: Type.Array(WantedRule, { minItems: 1 }) },
    { additionalProperties: false },
  ),
  Type.Object({ rule_count: Type.Integer({ minimum: 0 }) }, { additionalProperties: false }),
]);

/** The packet filter as iptables(8) has set it up. */
export const iptables: Resource<Static<typeof Target>, IptablesRuleset, Static<typeof Desired>> = {
  kind: "iptables",
  target: Target,
  desired: Desired,
  address: ({ family }) => `iptables:${family}`,
  read: (host, { family }) => readIptables(host, family),
  judge(state, desired): Judgement {
    const onDisk = state.source?.startsWith("/") ? " (judged on disk only)" : "";
    if ("rule_count" in desired) {
      return {
        verdict: state.ruleCount <= desired.rule_count ? "pass" : "fail",
        expected: `at most ${desired.rule_count} rules${onDisk}`,
        actual: `${state.ruleCount} rules`,
        source: state.source,
      };
    }
    if (state.source === null) {
      const expected = `rules and policy of ${desired.chain}`;
      return { verdict: "error", expected, actual: "iptables is not installed", source: null };
    }
    const { policy, rules } = state.chains[desired.chain];
    if ("policy" in desired) {
      return {
        verdict: desired.policy.some((action) => action === policy) ? "pass" : "fail",
        expected: `the policy of ${desired.chain} is ${desired.policy.join(" or ")}${onDisk}`,
        actual: `it is ${policy}`,
        source: state.source,
      };
    }
    const missing = firstMissing(rules, desired.rules_in_order);
    return {
      verdict: missing === null ? "pass" : "fail",
      expected: `${desired.chain} has, in this order: ${desired.rules_in_order.map(describeRule).join("; ")}${onDisk}`,
      actual: missing === null ? "so it has" : `not there, or too late: ${describeRule(missing)}`,
      source: state.source,
    };
  },
};

/** The first rule that is not there after the ones before it; null when all are. */
function firstMissing(rules: readonly IptablesRule[], wanted: readonly WantedRule[]): WantedRule | null {
  let from = 0;
  for (const rule of wanted) {
    const at = rules.findIndex((there, index) => index >= from && isMet(there, rule));
    if (at < 0) return rule;
    from = at + 1;
  }
  return null;
}

function isMet({ match, target }: IptablesRule, wanted: WantedRule): boolean {
  const conditions = new Set([
    ...(wanted.in === undefined ? [] : [`-i ${wanted.in}`]),
    ...(wanted.out === undefined ? [] : [`-o ${wanted.out}`]),
    ...(wanted.source === undefined ? [] : [`-s ${withPrefix(wanted.source)}`]),
  ]);
  const isStopping = wanted.target !== "ACCEPT";
  const sameTarget = isStopping ? /^(?:DROP|REJECT)\b/.test(target) : target === wanted.target;
  const left = isStopping ? match.filter((condition) => condition !== "! -i lo") : match;
  return (
    sameTarget && left.length === conditions.size && left.every((condition) => conditions.has(withPrefix(condition)))
  );
}

/** iptables-save prints a single address with the length of its prefix. */
function withPrefix(text: string): string {
  return text.includes("/")
    ? text
    : text.replace(/^(.*::[\da-f:]*)$/, "$1/128").replace(/^(.*\d+(?:\.\d+){3})$/, "$1/32");
}

function describeRule({ in: inbound, out, source, target }: WantedRule): string {
  return [inbound && `in ${inbound}`, out && `out ${out}`, source && `from ${source}`, target]
    .filter(Boolean)
    .join(" ");
}
