import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { firewalld } from "./firewalld.ts";

const trusted = `<?xml version="1.0" encoding="utf-8"?>
<zone target="ACCEPT">
  <short>Trusted</short> <!-- <interface name="eth9"/> -->
  <interface name="lo"/>
  <rule family="ipv4">
    <source address="127.0.0.1"/>
    <destination address="127.0.0.1" invert="True"/>
    <drop/>
  </rule>
  <forward/>
</zone>
`;
const list = `public (default, active)
  target: default
  interfaces: eth0
  sources: 
  services: ssh dhcpv6-client
  ports: 8080/tcp
  rich rules: 

trusted (active)
  target: ACCEPT
  interfaces: lo
  sources: 
  services: 
  ports: 
  rich rules: 
	rule family="ipv4" source address="127.0.0.1" destination NOT address="127.0.0.1" drop

work
  target: default
  interfaces: 
  services: ssh
`;
const files = {
  "/etc/firewalld/zones/trusted.xml": trusted,
  "/usr/lib/firewalld/zones/trusted.xml": "<zone/>",
  "/usr/lib/firewalld/zones/public.xml": '<zone><service name="ssh"/><port port="8080" protocol="tcp"/></zone>',
  "/usr/lib/firewalld/zones/work.xml": '<zone><service name="ssh"/></zone>',
};
const inTrusted = { zone: "trusted", interface: "lo" };
const spoofed = {
  rich_rule: { family: "ipv4", source: "127.0.0.1", destination_not: "127.0.0.1", action: "drop" },
} as const;
const booted = { files, directories: ["/run/systemd/system"] };

it("reads the zones in use from files and from the running service alike", async () => {
  const commands = { "firewall-cmd --list-all-zones": { stdout: list } };
  const { atBoot, running } = await firewalld.read(recordingHost({ ...booted, commands }), {});
  expect(atBoot.map(({ name }) => name)).toEqual(["public", "trusted"]);
  expect(running?.[1]).toEqual(atBoot[1]);
  expect(running?.[0]).toMatchObject({ services: ["dhcpv6-client", "ssh"], ports: ["8080/tcp"] });
  const state = { atBoot, ...(running === undefined ? {} : { running }) };
  expect(firewalld.judge(state, inTrusted, {}).verdict).toBe("pass");
  expect(firewalld.judge(state, spoofed, {}).verdict).toBe("pass");
  expect(firewalld.judge(state, { review: true }, {}).actual).toContain("public (eth0): dhcpv6-client, ssh, 8080/tcp");
});

it("fails when it does not run, whatever the files say", async () => {
  const commands = { "firewall-cmd --list-all-zones": { exitCode: 252, stderr: "FirewallD is not running" } };
  const state = await firewalld.read(recordingHost({ ...booted, commands }), {});
  expect(firewalld.judge(state, inTrusted, {})).toMatchObject({ verdict: "fail", actual: "not in force now" });
});

it("judges an image on disk, and does not take another rule for the one wanted", async () => {
  const state = await firewalld.read(recordingHost({ live: false, files }), {});
  expect(firewalld.judge(state, spoofed, {}).verdict).toBe("pass");
  const other = { rich_rule: { ...spoofed.rich_rule, destination_not: "::1" } };
  expect(firewalld.judge(state, other, {}).verdict).toBe("fail");
});

it("needs root to ask", async () => {
  await expect(firewalld.read(recordingHost({ ...booted, privileged: false }), {})).rejects.toMatchObject({
    code: "needs_root",
  });
});
