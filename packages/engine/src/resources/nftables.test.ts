import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { nftables, nftablesConfig } from "./nftables.ts";

const text = `#!/usr/sbin/nft -f
flush ruleset
define LOOP = lo
table inet filter {
	set allowed {
		type ipv4_addr
		elements = { 10.0.0.1, 10.0.0.2 }
	}
	chain input {
		type filter hook input priority filter; policy drop;
		iif $LOOP accept comment "local; all of it"
		ip saddr 127.0.0.0/8 counter drop
		ip6 saddr ::1 counter packets 0 bytes 0 log prefix "spoof " drop
		tcp dport { 22,
			443 } accept # services
		jump more
	}
	chain forward { type filter hook forward priority 0; policy drop; }
	chain output { type filter hook output priority 0; policy accept; }
	chain more { iifname "lo" accept; }
}
`;
const chain = (name: string, extra: object = {}) => ({
  chain: { family: "inet", table: "filter", name, handle: 1, ...extra },
});
const rule = (name: string, ...expr: object[]) => ({
  rule: { family: "inet", table: "filter", chain: name, handle: 9, expr },
});
const match = (left: object, right: unknown, op = "==") => ({ match: { op, left, right } });
const saddr = (protocol: string) => ({ payload: { protocol, field: "saddr" } });
const base = (hook: string, policy: string) => ({ type: "filter", hook, prio: 0, policy });
const json = JSON.stringify({
  nftables: [
    { metainfo: { version: "1.0.6", json_schema_version: 1 } },
    { table: { family: "inet", name: "filter", handle: 3 } },
    chain("input", base("input", "drop")),
    chain("forward", base("forward", "drop")),
    chain("output", base("output", "accept")),
    chain("more"),
    rule("input", match({ meta: { key: "iif" } }, "lo"), { accept: null }),
    rule(
      "input",
      match(saddr("ip"), { prefix: { addr: "127.0.0.0", len: 8 } }),
      { counter: { packets: 7 } },
      { drop: null },
    ),
    rule("input", match(saddr("ip6"), "::1"), { counter: null }, { log: { prefix: "spoof " } }, { drop: null }),
    rule("input", match({ payload: { protocol: "tcp", field: "dport" } }, { set: [22, 443] }), { accept: null }),
    rule("input", { jump: { target: "more" } }),
    rule("more", match({ meta: { key: "iifname" } }, "lo"), { accept: null }),
  ],
});
const readJson = (stdout: string) =>
  nftables.read(recordingHost({ commands: { "nft -j list ruleset": { stdout } } }), {});
const unit = "/lib/systemd/system/nftables.service";
const enabled = {
  [unit]: "[Install]\nWantedBy=sysinit.target\n",
  "/etc/systemd/system/sysinit.target.wants/nftables.service": { linkTo: unit },
};
const readText = (files: Record<string, string>) =>
  nftables.read(recordingHost({ live: false, files: { ...files, ...enabled } }), {});

it("reads the same from the kernel and from a file", async () => {
  const { source, ...loaded } = await readJson(json);
  const { source: path, ...atBoot } = await readText({ "/etc/nftables.conf": text });
  expect([source, path]).toEqual(["nft list ruleset", "/etc/nftables.conf"]);
  expect(atBoot).toEqual(loaded);
  expect(loaded.chains.map(({ hook, policy }) => `${hook} ${policy}`)).toEqual([
    "forward drop",
    "input drop",
    "output accept",
  ]);
  expect(loaded.chains[1]?.loopback).toEqual([
    { conditions: ["iif lo"], verdict: "accept" },
    { conditions: ["ip saddr 127.0.0.0/8"], verdict: "drop" },
    { conditions: ["ip6 saddr ::1"], verdict: "drop" },
    { conditions: ["iif lo"], verdict: "accept" },
  ]);
});

const accept = { hook: "input", rule: { iif: "lo", verdict: "accept" } } as const;
const drop = { hook: "input", rule: { saddr: "127.0.0.0/8", verdict: "drop" } } as const;
const conf = (body: string, family = "inet") =>
  `table ${family} t { chain c { type filter hook input priority 0; policy drop; ${body} } }`;

it.each<[string, string, Parameters<typeof nftables.judge>[1], string]>([
  ["a table", text, { tables_at_least: 1 }, "pass"],
  ["no table", "flush ruleset\n", { tables_at_least: 1 }, "fail"],
  ["all base chains", text, { base_chains: ["input", "forward", "output"] }, "pass"],
  ["a missing base chain", conf(""), { base_chains: ["input", "forward"] }, "fail"],
  ["a chain of type nat", conf("").replace("filter", "nat"), { base_chains: ["input"] }, "fail"],
  ["the policy", text, { default_drop: ["input", "forward"], family: "ip" }, "pass"],
  ["a policy that accepts", text, { default_drop: ["output"], family: "ip" }, "fail"],
  ["the policy of the other family", conf("", "ip"), { default_drop: ["input"], family: "ip6" }, "fail"],
  ["accepted too late", conf("ip saddr 127.0.0.0/8 drop; iif lo accept"), accept, "fail"],
  ["a drop that spares loopback", conf('iifname != "lo" ip saddr 127.0.0.0/8 drop; iif lo accept'), accept, "pass"],
  ["the same as a drop", conf('iifname != "lo" ip saddr 127.0.0.0/8 drop'), drop, "pass"],
  ["a drop of some ports only", conf("ip saddr 127.0.0.0/8 tcp dport 22 drop"), drop, "fail"],
  ["a smaller network", conf("ip saddr 127.0.0.1 drop"), drop, "fail"],
  ["an IPv6 table", conf("ip saddr 127.0.0.0/8 drop", "ip6"), drop, "fail"],
])("judges %s", async (_, config, desired, verdict) => {
  const state = await readText({ "/etc/nftables.conf": config });
  expect(nftables.judge(state, desired, {}).verdict).toBe(verdict);
});

it("understands commands, includes, and a later flush", async () => {
  const files = {
    "/etc/nftables.conf": `${conf("")}\nflush ruleset\ninclude "/etc/nftables.d/*.nft"\ninclude "mine.nft"\n`,
    "/etc/nftables.d/a.nft":
      "add table ip f\nadd chain ip f in { type filter hook input priority -5; policy drop; }\nadd rule ip f in iif lo accept\n",
    "/etc/mine.nft": "table ip6 g {\n}\n",
  };
  const state = await nftablesConfig.read(recordingHost({ files }), {});
  expect(state.tables).toEqual(["ip f", "ip6 g"]);
  expect(state.chains).toMatchObject([{ table: "f", priority: -5, loopback: [{ conditions: ["iif lo"] }] }]);
});

it("ends with files that include themselves and braces that do not close", async () => {
  const files = { "/etc/nftables.conf": 'include "/etc/nftables.conf"\ntable ip f { chain c { iif lo accept\n' };
  expect((await readText(files)).tables).toEqual(["ip f"]);
});

it("has no tables on an image where nothing loads them", async () => {
  const host = recordingHost({ live: false, files: { "/etc/nftables.conf": text } });
  expect((await nftables.read(host, {})).tables).toEqual([]);
});

it("says why it cannot read", async () => {
  await expect(nftables.read(recordingHost(), {})).rejects.toMatchObject({ code: "no_tool" });
  await expect(nftables.read(recordingHost({ privileged: false }), {})).rejects.toMatchObject({ code: "needs_root" });
  const commands = { "nft -j list ruleset": { exitCode: 1, stderr: "Operation not permitted" } };
  await expect(nftables.read(recordingHost({ commands }), {})).rejects.toMatchObject({ code: "unreadable" });
});

it("has no tables where no file is", async () => {
  const state = await nftablesConfig.read(recordingHost(), {});
  expect(nftablesConfig.judge(state, { tables_at_least: 1 }, {}).verdict).toBe("fail");
});
