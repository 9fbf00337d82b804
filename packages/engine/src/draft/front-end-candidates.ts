import type { Json } from "@holdfast/contracts/json";
import { type Candidates, type Members, textsOf } from "./candidate.ts";

export const ufwCandidates: Candidates = (desired) => {
  const state = (differences: Members): Json => ({
    status: "active",
    incoming: "deny",
    outgoing: "deny",
    routed: "disabled",
    source: "ufw status verbose",
    ...differences,
  });
  const direction = typeof desired["direction"] === "string" ? desired["direction"] : null;
  const policies = direction === null ? [] : [...textsOf(desired["policy"]), "allow"];
  return [
    { name: "active", state: state({}) },
    { name: "inactive", state: state({ status: "inactive", source: "/etc/ufw/ufw.conf" }) },
    ...policies.map((policy) => ({ name: `${policy} by default`, state: state({ [direction ?? ""]: policy }) })),
  ];
};

export const firewalldCandidates: Candidates = () => {
  const rules = ["ipv4 destination not 127.0.0.1 source 127.0.0.1 drop", "ipv6 destination not ::1 source ::1 drop"];
  const zone = (name: string, differences: Members = {}): Json => ({
    name,
    interfaces: name === "trusted" ? ["lo"] : ["eth0"],
    sources: [],
    services: name === "trusted" ? [] : ["ssh"],
    ports: [],
    richRules: name === "trusted" ? rules : [],
    ...differences,
  });
  const good = [zone("public"), zone("trusted")];
  const both = (...zones: Json[]): Json => ({ atBoot: zones, running: zones });
  return [
    { name: "as it should be", state: { atBoot: good, running: good } },
    { name: "on an image", state: { atBoot: good } },
    { name: "does not run", state: { atBoot: good, running: [] }, isHard: true },
    { name: "in force now only", state: { atBoot: [zone("public")], running: good }, isHard: true },
    { name: "lo in another zone", state: both(zone("public", { interfaces: ["eth0", "lo"], richRules: rules })) },
    { name: "lo in no zone", state: both(zone("public"), zone("trusted", { interfaces: ["eth1"] })) },
    { name: "no rule for IPv4", state: both(zone("public"), zone("trusted", { richRules: rules.slice(1) })) },
    { name: "no rule for IPv6", state: both(zone("public"), zone("trusted", { richRules: rules.slice(0, 1) })) },
  ];
};
