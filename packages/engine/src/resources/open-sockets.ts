import { type Host, UnreadableError } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A socket that takes what comes from others: TCP that listens, UDP that is bound and not connected. */
export interface OpenSocket {
  readonly protocol: "tcp" | "udp";
  readonly family: "ipv4" | "ipv6";
  /** e.g. "0.0.0.0", "::1". */
  readonly address: string;
  readonly port: number;
}

/**
 * Every open socket of the machine, each once, sorted. UDP ports of the range from which clients are given one
 * (ip_local_port_range) are left out: they come and go with every name lookup. A TCP socket on "::" usually takes IPv4
 * connections too; what the program chose cannot be seen from outside. @see proc_pid_net(5)
 *
 * @throws UnreadableError also when the machine does not run.
 */
export function readOpenSockets(host: Host): Promise<readonly OpenSocket[]> {
  return derivedOnce(host, "open sockets", async () => {
    if (!host.live) throw new UnreadableError("unsupported", "open ports can be seen on a running machine only");
    const range = ((await host.readText("/proc/sys/net/ipv4/ip_local_port_range")) ?? "32768 60999")
      .trim()
      .split(/\s+/);
    const [first = 32_768, last = 60_999] = range.map(Number);
    const tables = await Promise.all([
      readTable(host, "tcp", "ipv4"),
      readTable(host, "tcp", "ipv6"),
      readTable(host, "udp", "ipv4"),
      readTable(host, "udp", "ipv6"),
    ]);
    if (tables.every((table) => table === null))
      throw new UnreadableError("unreadable", "open ports cannot be seen: there is no /proc/net");
    const open = tables.flatMap((table) => table ?? []);
    const lasting = open.filter(({ protocol, port }) => protocol === "tcp" || port < first || port > last);
    const distinct = new Map(lasting.map((socket) => [sortKey(socket), socket]));
    return [...distinct].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, socket]) => socket);
  });
}

export function isLoopback({ address }: Pick<OpenSocket, "address">): boolean {
  return address === "::1" || address.startsWith("127.") || address.startsWith("::ffff:127.");
}

/** For a sentence: "tcp 0.0.0.0:25", "udp [::]:53". */
export function socketName({ protocol, family, address, port }: OpenSocket): string {
  return `${protocol} ${family === "ipv6" ? `[${address}]` : address}:${port}`;
}

const tcpListen = "0A";
const udpUnconnected = "07";

async function readTable(
  host: Host,
  protocol: OpenSocket["protocol"],
  family: OpenSocket["family"],
): Promise<OpenSocket[] | null> {
  const text = await host.readText(`/proc/net/${protocol}${family === "ipv6" ? "6" : ""}`);
  if (text === null) return null;
  const wanted = protocol === "tcp" ? tcpListen : udpUnconnected;
  return text.split("\n").flatMap((line) => {
    const match = /^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) /.exec(line);
    if (match === null || match[3] !== wanted) return [];
    const [, hex = "", port = ""] = match;
    if (hex.length !== (family === "ipv6" ? 32 : 8)) return [];
    return [{ protocol, family, address: addressOf(hex), port: Number.parseInt(port, 16) }];
  });
}

/** The kernel prints 32-bit words as its processor stores them: bytes turned around on all but s390x. */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  if (bytes.length === 4) return bytes.join(".");
  if (/^0{20}FFFF/i.test(hexOf(bytes))) return `::ffff:${bytes.slice(12).join(".")}`;
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return compressed(groups);
}

function hexOf(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString("hex");
}

/** The longest run of zero groups as "::". @see RFC 5952 */
function compressed(groups: readonly string[]): string {
  const runs = groups.map((_, at) => {
    const end = groups.findIndex((group, index) => index >= at && group !== "0");
    return (end === -1 ? groups.length : end) - at;
  });
  const longest = Math.max(...runs);
  if (longest < 2) return groups.join(":");
  const at = runs.indexOf(longest);
  return `${groups.slice(0, at).join(":")}::${groups.slice(at + longest).join(":")}`;
}

function sortKey({ protocol, port, family, address }: OpenSocket): string {
  return `${protocol} ${String(port).padStart(5, "0")} ${family} ${address}`;
}
