import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";
import { readEnablement } from "./unit-enablement.ts";

export type IpFamily = "ipv4" | "ipv6";

export interface IptablesRule {
  /** What a packet must meet, e.g. "-i lo", "! -s 10.0.0.0/8", sorted; comments and implied modules left out. */
  readonly match: readonly string[];
  /** e.g. "ACCEPT". */
  readonly target: string;
}

export interface IptablesChain {
  readonly policy: string;
  /** In order, rules of chains that are jumped to in their place; at most 500. */
  readonly rules: readonly IptablesRule[];
}

export interface IptablesRuleset {
  /** The built-in chains of the filter table; one that is not there accepts. */
  readonly chains: Readonly<Record<"INPUT" | "FORWARD" | "OUTPUT", IptablesChain>>;
  /** Of all tables and chains. */
  readonly ruleCount: number;
  /** The command, or the file of an image; null when iptables is not installed. */
  readonly source: string | null;
}

/** What loads saved rules at boot: Debian's netfilter-persistent, or the service of iptables-services. */
const saved = {
  ipv4: [
    { path: "/etc/iptables/rules.v4", unit: "netfilter-persistent.service" },
    { path: "/etc/sysconfig/iptables", unit: "iptables.service" },
  ],
  ipv6: [
    { path: "/etc/iptables/rules.v6", unit: "netfilter-persistent.service" },
    { path: "/etc/sysconfig/ip6tables", unit: "ip6tables.service" },
  ],
} as const;

/**
 * What iptables has put into the running kernel; of an image, what is loaded at boot. @see iptables-save(8)
 * @throws UnreadableError `needs_root` without root.
 */
export function readIptables(host: Host, family: IpFamily): Promise<IptablesRuleset> {
  return derivedOnce(host, `iptables ${family}`, async () => {
    if (!host.live) return readAtBoot(host, family);
    if (!host.privileged) throw new UnreadableError("needs_root", "needs root: cannot read the packet filter's rules");
    const program = family === "ipv4" ? "iptables" : "ip6tables";
    for (const command of [`${program}-save`, `${program}-nft-save`, `${program}-legacy-save`]) {
      try {
        const { exitCode, stdout, stderr } = await host.run([command]);
        if (exitCode !== 0)
          throw new UnreadableError("unreadable", `${command} failed: ${stderr.trim().slice(0, 200)}`);
        return { ...parseIptablesSave(stdout), source: command };
      } catch (error) {
        if (!(error instanceof UnreadableError && error.code === "no_tool")) throw error;
      }
    }
    return { ...parseIptablesSave(""), source: null };
  });
}

async function readAtBoot(host: Host, family: IpFamily): Promise<IptablesRuleset> {
  for (const { path, unit } of saved[family]) {
    const text = await host.readText(path);
    if (text === null || (await readEnablement(host, unit)).enablement !== "enabled") continue;
    return { ...parseIptablesSave(text), source: path };
  }
  return { ...parseIptablesSave(""), source: saved[family][0].path };
}

/** One table of iptables-save's output: policies of built-in chains, rules of all. */
interface Table {
  readonly policies: Map<string, string>;
  readonly rules: Map<string, IptablesRule[]>;
}

export function parseIptablesSave(text: string): Pick<IptablesRuleset, "chains" | "ruleCount"> {
  const tables = new Map<string, Table>();
  let table: Table | null = null;
  let ruleCount = 0;
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line.startsWith("*")) {
      table = tables.get(line.slice(1)) ?? { policies: new Map(), rules: new Map() };
      tables.set(line.slice(1), table);
    } else if (table !== null && line.startsWith(":")) {
      const [chain = "", policy = "-"] = line.slice(1).split(/\s+/);
      if (policy !== "-") table.policies.set(chain, policy);
    } else if (table !== null && /^(?:\[\d+:\d+\] )?-A /.test(line)) {
      ruleCount += 1;
      const [chain, rule] = parseRule(line.replace(/^\[\d+:\d+\] /, ""));
      table.rules.set(chain, [...(table.rules.get(chain) ?? []), rule]);
    }
  }
  const filter = tables.get("filter");
  const chain = (name: string): IptablesChain => ({
    policy: filter?.policies.get(name) ?? "ACCEPT",
    rules: filter === undefined ? [] : flattened(filter, name),
  });
  return { chains: { INPUT: chain("INPUT"), FORWARD: chain("FORWARD"), OUTPUT: chain("OUTPUT") }, ruleCount };
}

function parseRule(line: string): [chain: string, rule: IptablesRule] {
  const words = [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  const chain = words[1] ?? "";
  let target = "";
  const match: string[] = [];
  let not = "";
  for (let at = 2; at < words.length; at += 1) {
    const option = words[at] ?? "";
    if (option === "!") {
      not = "! ";
      continue;
    }
    const values: string[] = [];
    while (at + 1 < words.length && !/^(?:--?[a-zA-Z]|!$)/.test(words[at + 1] ?? "")) {
      at += 1;
      values.push(words[at] ?? "");
    }
    if (option === "-j" || option === "-g") {
      target = values.join(" ");
      // What follows says how the target works.
      break;
    }
    if (option !== "-m" && option !== "--comment")
      match.push(`${not}${longNames[option] ?? option} ${values.join(" ")}`.trim());
    not = "";
  }
  return [chain, { match: match.sort(), target }];
}

const longNames: Readonly<Record<string, string>> = {
  "--in-interface": "-i",
  "--out-interface": "-o",
  "--source": "-s",
  "--destination": "-d",
  "--protocol": "-p",
};

const maxRules = 500;
const maxDepth = 8;

/** A rule that jumps to a chain of one's own is replaced by that chain's rules, each under the jump's conditions. */
function flattened({ rules }: Table, chain: string): IptablesRule[] {
  const flat: IptablesRule[] = [];
  const add = (name: string, conditions: readonly string[], depth: number): void => {
    for (const { match, target } of rules.get(name) ?? []) {
      if (flat.length >= maxRules) return;
      const all = [...new Set([...conditions, ...match])].sort();
      if (rules.has(target) && depth < maxDepth) add(target, all, depth + 1);
      else flat.push({ match: all, target });
    }
  };
  add(chain, [], 0);
  return flat;
}
