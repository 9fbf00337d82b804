import { type Static, Type } from "typebox";
import { type Host, UnreadableError } from "../host.ts";
import type { Resource } from "../resource.ts";
import { type IptablesRule, readIptables } from "./iptables-rules.ts";
import { namedList } from "./named-list.ts";
import { isLoopback, type OpenSocket, readOpenSockets, socketName } from "./open-sockets.ts";
import { readUfwRules } from "./ufw-rules.ts";

/*
 * firewall_port_coverage: { frontend: ufw, every_port: true }    or iptables, ip6tables
 *
 * Every port that outsiders reach is named by some rule for incoming packets, whether that allows or refuses them. Judged
 * on a running machine only: what an image would open cannot be seen.
 */
const frontends = ["ufw", "iptables", "ip6tables"] as const;
const Target = Type.Object({ frontend: Type.Enum(frontends) }, { additionalProperties: false });
const Desired = Type.Object({ every_port: Type.Literal(true) }, { additionalProperties: false });
type Frontend = (typeof frontends)[number];

interface PortRange {
  readonly protocol: "tcp" | "udp" | "any";
  readonly from: number;
  readonly to: number;
}

interface CoverageState {
  /** Those outsiders reach by the protocol the front end filters; sorted. */
  readonly sockets: readonly OpenSocket[];
  /** The ports its rules name; sorted. */
  readonly ports: readonly PortRange[];
}

/** Which open ports the firewall's rules know of. */
export const firewallPortCoverage: Resource<Static<typeof Target>, CoverageState, Static<typeof Desired>> = {
  kind: "firewall_port_coverage",
  target: Target,
  desired: Desired,
  address: ({ frontend }) => `firewall_port_coverage:${frontend}`,
  async read(host, { frontend }) {
    if (host.live && !host.privileged)
      throw new UnreadableError("needs_root", "needs root: cannot read the packet filter's rules");
    const sockets = (await readOpenSockets(host)).filter(
      (socket) => !isLoopback(socket) && isFiltered(socket, frontend),
    );
    const ports = await readPorts(host, frontend);
    const key = ({ protocol, from, to }: PortRange): string => `${String(from).padStart(5, "0")} ${to} ${protocol}`;
    const distinct = new Map(ports.map((range) => [key(range), range]));
    return { sockets, ports: [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, range]) => range) };
  },
  judge({ sockets, ports }, _, { frontend }) {
    const bare = sockets.filter(
      ({ protocol, port }) =>
        !ports.some(
          (range) =>
            range.from <= port && port <= range.to && (range.protocol === "any" || range.protocol === protocol),
        ),
    );
    return {
      verdict: bare.length === 0 ? "pass" : "fail",
      expected: `a ${frontend} rule for every open port`,
      actual:
        bare.length === 0
          ? `rules for all of ${sockets.length} open ports`
          : `no rule for ${namedList(bare.map(socketName))}`,
      source: frontend === "ufw" ? "/etc/ufw/user.rules" : `${frontend}-save`,
    };
  },
};

/** A socket on "::" usually takes IPv4 too. */
function isFiltered({ family, address }: OpenSocket, frontend: Frontend): boolean {
  if (frontend === "ufw") return true;
  if (frontend === "ip6tables") return family === "ipv6" && !address.startsWith("::ffff:");
  return family === "ipv4" || address === "::" || address.startsWith("::ffff:");
}

async function readPorts(host: Host, frontend: Frontend): Promise<PortRange[]> {
  if (frontend === "ufw") {
    const rules = (await readUfwRules(host)).filter(({ direction }) => direction === "in");
    return rules.flatMap(({ protocol, port }) => rangesIn(port, protocol));
  }
  const { chains } = await readIptables(host, frontend === "iptables" ? "ipv4" : "ipv6");
  return chains.INPUT.rules.flatMap(portsOf);
}

function portsOf({ match }: IptablesRule): PortRange[] {
  const protocol = match.find((condition) => condition.startsWith("-p "))?.slice(3) ?? "any";
  return match.flatMap((condition) => {
    const ports = /^--(?:dport|dports|destination-ports?|ports) (\S+)$/.exec(condition)?.[1];
    return ports === undefined ? [] : rangesIn(ports, protocol);
  });
}

/** `80,443`, `6000:6007`; nothing for "any". */
function rangesIn(text: string, name: string): PortRange[] {
  const protocol = name === "tcp" || name === "udp" ? name : "any";
  return text.split(",").flatMap((part) => {
    const [, from = "", to = from] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(part) ?? [];
    return from === "" ? [] : [{ protocol, from: Number(from), to: Number(to) }];
  });
}
