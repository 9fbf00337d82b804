/** A zone of firewalld, as far as it says who may get in. */
export interface FirewalldZone {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
  readonly services: readonly string[];
  /** e.g. "8080/tcp". */
  readonly ports: readonly string[];
  /** In one spelling, sorted, e.g. "ipv4 destination not 127.0.0.1 source 127.0.0.1 drop". */
  readonly richRules: readonly string[];
}

/** A zone file. What is not understood is passed over. @see firewalld.zone(5) */
export function parseZoneXml(name: string, text: string): FirewalldZone {
  const zone = emptyZone(name);
  let rule: { family: string; words: string[]; action: string } | null = null;
  const tags = /<(\/?)([\w-]+)((?:\s+[\w-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
  for (const [, closing = "", tag = "", attributes = ""] of text.replaceAll(/<!--[\s\S]*?-->/g, "").matchAll(tags)) {
    const value = (attribute: string): string =>
      new RegExp(`\\s${attribute}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes)?.slice(1).join("") ?? "";
    if (tag === "rule") {
      if (closing === "") rule = { family: value("family"), words: [], action: "" };
      else if (rule !== null) zone.richRules.push([rule.family, ...rule.words.sort(), rule.action].join(" "));
      if (closing !== "") rule = null;
    } else if (closing !== "") continue;
    else if (rule !== null) {
      const not = /^(?:true|yes)$/i.test(value("invert")) ? "not " : "";
      if (tag === "accept" || tag === "drop" || tag === "reject" || tag === "mark") rule.action = tag;
      else if (tag === "source" || tag === "destination") rule.words.push(`${tag} ${not}${value("address")}`);
      else if (tag !== "log" && tag !== "audit" && tag !== "limit")
        rule.words.push(`${tag} ${value("name") || value("port")}`);
    } else if (tag === "interface") zone.interfaces.push(value("name"));
    else if (tag === "source") zone.sources.push(value("address") || value("mac") || value("ipset"));
    else if (tag === "service") zone.services.push(value("name"));
    else if (tag === "port") zone.ports.push(`${value("port")}/${value("protocol")}`);
  }
  return sorted(zone);
}

/** What `firewall-cmd --list-all-zones` prints: a name per zone, then indented settings, then rich rules. */
export function parseZoneList(text: string): FirewalldZone[] {
  const zones: MutableZone[] = [];
  let isInRules = false;
  for (const line of text.split("\n")) {
    const heading = /^(\S+)(?: \(.*\))?$/.exec(line)?.[1];
    if (heading !== undefined) {
      zones.push(emptyZone(heading));
      isInRules = false;
      continue;
    }
    const zone = zones.at(-1);
    if (zone === undefined) continue;
    const [, key = "", value = ""] = /^ {2}([a-z][a-z -]*):\s*(.*)$/.exec(line) ?? [];
    if (key !== "") isInRules = key === "rich rules";
    const rule = isInRules ? /^\s*rule (.*)$/.exec(key === "" ? line : ` ${value}`)?.[1] : undefined;
    if (rule !== undefined) zone.richRules.push(normalRule(rule));
    if (key === "interfaces" || key === "sources" || key === "services" || key === "ports")
      zone[key].push(...value.split(/\s+/).filter((word) => word !== ""));
  }
  return zones.map(sorted);
}

/** @see firewalld.richlanguage(5) */
function normalRule(rule: string): string {
  const family = /family="?(\w+)"?/.exec(rule)?.[1] ?? "";
  const words: string[] = [];
  let rest = rule.replace(/(?:priority|family)="?[\w-]+"?\s*/g, "");
  rest = rest.replace(
    /\b(source|destination) ((?:not )?)address="?([^"\s]+)"?\s*/gi,
    (_, tag: string, not, address) => {
      words.push(`${tag} ${String(not).toLowerCase()}${address}`);
      return "";
    },
  );
  rest = rest.replace(/\b(service|protocol|icmp-type|icmp-block) (?:name|value)="?([^"\s]+)"?\s*/g, (_, tag, value) => {
    words.push(`${tag} ${value}`);
    return "";
  });
  rest = rest.replace(/\bport port="?([^"\s]+)"? protocol="?\w+"?\s*/g, (_, port) => {
    words.push(`port ${port}`);
    return "";
  });
  const action = /\b(accept|drop|reject|mark)\b/.exec(rest)?.[1] ?? "";
  return [family, ...words.sort(), action].join(" ");
}

interface MutableZone {
  readonly name: string;
  readonly interfaces: string[];
  readonly sources: string[];
  readonly services: string[];
  readonly ports: string[];
  readonly richRules: string[];
}

function emptyZone(name: string): MutableZone {
  return { name, interfaces: [], sources: [], services: [], ports: [], richRules: [] };
}

function sorted(zone: MutableZone): FirewalldZone {
  for (const list of [zone.interfaces, zone.sources, zone.services, zone.ports, zone.richRules]) list.sort();
  return zone;
}
