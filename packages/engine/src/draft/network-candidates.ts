import type { Json } from "@holdfast/contracts/json";
import { type Candidate, type Candidates, type Members, membersOf, textsOf } from "./candidate.ts";

const socket = (port: number, address = "0.0.0.0", protocol = "tcp"): Json => ({
  protocol,
  family: address.includes(":") ? "ipv6" : "ipv4",
  address,
  port,
});

export const listeningSocketCandidates: Candidates = ({ ports }) => {
  const asked = Array.isArray(ports) ? ports.map(Number) : [];
  const state = (...sockets: Json[]): Json => ({ sockets: [socket(22), ...sockets] });
  return [
    {
      name: "open on loopback only",
      state: state(...asked.flatMap((port) => [socket(port, "127.0.0.1"), socket(port, "::1")])),
    },
    ...asked.map((port) => ({ name: `port ${port} open to outsiders`, state: state(socket(port)) })),
    ...asked
      .slice(0, 1)
      .map((port) => ({ name: `port ${port} open over IPv6`, state: state(socket(port, "::")), isHard: true })),
    { name: "nothing runs", state: {} },
  ];
};

export const mailAgentCandidates: Candidates = () => {
  const postfix = (...listens: string[]): Json => ({
    agents: [{ name: "postfix", listens, source: "/etc/postfix/main.cf:12" }],
  });
  return [
    { name: "no mail agent", state: { agents: [] } },
    { name: "Postfix on loopback", state: postfix("loopback-only") },
    { name: "Postfix on every interface", state: postfix("all") },
    { name: "Postfix also on another interface", state: postfix("localhost", "192.0.2.1"), isHard: true },
  ];
};

export const wirelessCandidates: Candidates = ({ present }) => {
  const state = (differences: Members): Json => ({
    interfaces: [
      {
        name: "wlan0",
        up: false,
        module: "iwlwifi",
        shut: true,
        source: "/etc/modprobe.d/radio.conf:1",
        ...differences,
      },
    ],
  });
  const none = { name: "no wireless interface", state: { interfaces: [] } };
  const there: Candidate[] = [
    { name: "down, and its driver barred", state: state({}) },
    { name: "up", state: state({ up: true }), isHard: true },
    { name: "down, but its driver is loaded at boot", state: state({ shut: false, source: null }), isHard: true },
    { name: "its driver is built in", state: state({ module: null, shut: false, source: null }) },
  ];
  return present === false ? [none, ...there] : [...there, none];
};

export const portCoverageCandidates: Candidates = () => {
  const rule = (from: number, to = from, protocol = "tcp"): Json => ({ protocol, from, to });
  const state = (sockets: readonly Json[], ports: readonly Json[]): Json => ({ sockets, ports });
  return [
    {
      name: "a rule for every port",
      state: state([socket(22), socket(68, "0.0.0.0", "udp")], [rule(22), rule(67, 68, "any")]),
    },
    { name: "no port is open", state: state([], []) },
    { name: "an open port without a rule", state: state([socket(22), socket(8080)], [rule(22)]) },
    { name: "a rule for the other protocol", state: state([socket(53)], [rule(53, 53, "udp")]), isHard: true },
    { name: "a range that ends too early", state: state([socket(53)], [rule(50, 52)]) },
  ];
};

export const iptablesCandidates: Candidates = (desired, { target }) => {
  const isIpv6 = membersOf(target)["family"] === "ipv6";
  const source = isIpv6 ? "ip6tables-save" : "iptables-save";
  const accept = (way: string): Json => ({ match: [`-${way} lo`], target: "ACCEPT" });
  const drop: Json = { match: [isIpv6 ? "-s ::1/128" : "-s 127.0.0.0/8"], target: "DROP" };
  const chains = ["INPUT", "FORWARD", "OUTPUT"];
  const rulesOf: Readonly<Record<string, Json>> = { INPUT: [accept("i"), drop], FORWARD: [], OUTPUT: [accept("o")] };
  const state = (changed: Readonly<Record<string, Members>> = {}, ruleCount = 3): Json => ({
    chains: Object.fromEntries(
      chains.map((name) => [name, { policy: "DROP", rules: rulesOf[name] ?? [], ...changed[name] }]),
    ),
    ruleCount,
    source,
  });
  const none = state(Object.fromEntries(chains.map((name) => [name, { policy: "ACCEPT", rules: [] }])), 0);
  const count = desired["rule_count"];
  if (typeof count === "number") {
    const counted = (ruleCount: number): Json => ({ ...membersOf(none), ruleCount });
    return [
      { name: count === 0 ? "no rules" : `${count} rules`, state: counted(count) },
      { name: count === 0 ? "one rule" : `${count + 1} rules`, state: counted(count + 1) },
    ];
  }
  const input = (...rules: Json[]): Json => state({ INPUT: { rules } });
  return [
    { name: "as it should be", state: state() },
    ...chains.map((name) => ({ name: `${name} accepts by default`, state: state({ [name]: { policy: "ACCEPT" } }) })),
    ...textsOf(desired["policy"])
      .slice(1)
      .flatMap((policy) =>
        chains.map((name) => ({ name: `${name} has the policy ${policy}`, state: state({ [name]: { policy } }) })),
      ),
    { name: "what comes over loopback is not accepted", state: input(drop) },
    { name: "what pretends to be loopback is not dropped", state: input(accept("i")) },
    { name: "dropped before loopback is accepted", state: input(drop, accept("i")), isHard: true },
    { name: "accepted for one protocol only", state: input({ match: ["-i lo", "-p tcp"], target: "ACCEPT" }, drop) },
    {
      name: "all of it accepted",
      state: input(accept("i"), { match: membersOf(drop)["match"] ?? [], target: "ACCEPT" }),
    },
    { name: "loopback dropped", state: input({ match: ["-i lo"], target: "DROP" }, drop) },
    { name: "what goes over loopback is not accepted", state: state({ OUTPUT: { rules: [] } }) },
    {
      name: "what goes over loopback is dropped",
      state: state({ OUTPUT: { rules: [{ match: ["-o lo"], target: "DROP" }] } }),
    },
    { name: "no rules at all", state: none },
  ];
};

export const nftablesCandidates: Candidates = (_, { kind }) => {
  const rule = (condition: string, verdict: string): Json => ({ conditions: [condition], verdict });
  const rules = [rule("iif lo", "accept"), rule("ip saddr 127.0.0.0/8", "drop"), rule("ip6 saddr ::1", "drop")];
  const hooks = ["input", "forward", "output"];
  const chain = (hook: string, differences: Members = {}): Json => ({
    family: "inet",
    table: "filter",
    name: hook,
    type: "filter",
    hook,
    priority: 0,
    policy: "drop",
    loopback: hook === "input" ? rules : [],
    ...differences,
  });
  const source = kind === "nftables" ? "nft list ruleset" : "/etc/nftables.conf";
  const state = (chains: readonly Json[], tables: readonly string[] = ["inet filter"]): Json => ({
    source,
    tables,
    chains,
  });
  const with_ = (hook: string, differences: Members): Json =>
    state(hooks.map((each) => chain(each, each === hook ? differences : {})));
  const each = (name: (hook: string) => string, make: (hook: string) => Json): Candidate[] =>
    hooks.map((hook) => ({ name: name(hook), state: make(hook) }));
  return [
    { name: "as it should be", state: state(hooks.map((hook) => chain(hook))) },
    { name: "no tables", state: state([], []) },
    {
      name: "two tables",
      state: state(
        hooks.map((hook) => chain(hook)),
        ["inet filter", "ip nat"],
      ),
    },
    ...each(
      (hook) => `no chain for ${hook}`,
      (hook) => state(hooks.filter((other) => other !== hook).map((other) => chain(other))),
    ),
    ...each(
      (hook) => `${hook} accepts by default`,
      (hook) => with_(hook, { policy: "accept" }),
    ),
    ...each(
      (hook) => `${hook} drops by default for IPv4 only`,
      (hook) => with_(hook, { family: "ip" }),
    ),
    ...each(
      (hook) => `${hook} drops by default for IPv6 only`,
      (hook) => with_(hook, { family: "ip6" }),
    ),
    { name: "IPv4 only", state: state(hooks.map((hook) => chain(hook, { family: "ip" }))), isHard: true },
    { name: "IPv6 only", state: state(hooks.map((hook) => chain(hook, { family: "ip6" }))) },
    { name: "loopback is not accepted", state: with_("input", { loopback: rules.slice(1) }) },
    { name: "loopback is accepted too late", state: with_("input", { loopback: rules.toReversed() }), isHard: true },
    { name: "forged IPv4 is not dropped", state: with_("input", { loopback: rules.filter((_each, at) => at !== 1) }) },
    { name: "forged IPv6 is not dropped", state: with_("input", { loopback: rules.slice(0, 2) }) },
  ];
};
