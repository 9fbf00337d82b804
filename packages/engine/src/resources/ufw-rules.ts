import type { Host } from "../host.ts";
import { derivedOnce } from "../shared-reads.ts";

/** A rule as ufw keeps it. Addresses and ports are "any" where the rule names none. */
export interface UfwRule {
  /** allow, deny, reject or limit. */
  readonly action: string;
  readonly direction: "in" | "out" | "routed";
  /** The interface; null for all. */
  readonly interface: string | null;
  /** tcp, udp, any or another protocol. */
  readonly protocol: string;
  /** e.g. "22", "80,443", "6000:6007", "any". */
  readonly port: string;
  readonly to: string;
  readonly from: string;
  /** File and line. */
  readonly source: string;
}

/**
 * The rules of user.rules and user6.rules, in order: what `ufw status` shows, read from where ufw keeps it.
 * @throws UnreadableError without root: the files are root's.
 */
export function readUfwRules(host: Host): Promise<readonly UfwRule[]> {
  return derivedOnce(host, "ufw rules", async () => {
    const texts = await Promise.all(
      ["/etc/ufw/user.rules", "/etc/ufw/user6.rules"].map(async (path) => ({ path, text: await host.readText(path) })),
    );
    return texts.flatMap(({ path, text }) =>
      (text ?? "").split("\n").flatMap((line, index) => parseTuple(line, `${path}:${index + 1}`)),
    );
  });
}

/** `### tuple ### ACTION PROTOCOL DPORT DST SPORT SRC [DAPP SAPP] DIRECTION[_INTERFACE] [comment=…]`. */
function parseTuple(line: string, source: string): UfwRule[] {
  const match = /^### tuple ### (.*)$/.exec(line.trim());
  const words = (match?.[1] ?? "").split(/\s+/).filter((word) => !word.startsWith("comment="));
  const [action = "", protocol = "", port = "", to = "", , from = ""] = words;
  const way = /^(in|out)(?:_(.+))?$/.exec(words.at(-1) ?? "");
  if (match === null || words.length < 7 || way === null) return [];
  const isRouted = action.startsWith("route:");
  const anywhere = (address: string): string => (address === "0.0.0.0/0" || address === "::/0" ? "any" : address);
  return [
    {
      action: action.replace(/^route:/, "").replace(/_log(?:-all)?$/, ""),
      direction: isRouted ? "routed" : way[1] === "in" ? "in" : "out",
      interface: way[2] ?? null,
      protocol,
      port,
      to: anywhere(to),
      from: anywhere(from),
      source,
    },
  ];
}
