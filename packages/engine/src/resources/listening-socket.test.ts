import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { firewallPortCoverage } from "./firewall-port-coverage.ts";
import { listeningSocket } from "./listening-socket.ts";

const head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (local: string, state: string, remote = "00000000:0000") =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000000000000000\n`;
const any6 = "00000000000000000000000000000000";
const files = {
  "/proc/net/tcp":
    head +
    line("0100007F:0019", "0A") +
    line("00000000:0016", "0A") +
    line("0F02000A:0016", "01", "0202000A:C5E8") +
    line("00000000:0016", "0A"),
  "/proc/net/tcp6": head + line(`${any6}:0050`, "0A") + line("00000000000000000000000001000000:0277", "0A"),
  "/proc/net/udp": head + line("00000000:0044", "07") + line("00000000:A000", "07") + line("0F02000A:0045", "01"),
  "/proc/net/udp6": head + line("000080FE00000000FF54B2FE1DFE5EFE:0222", "07"),
};

it("lists what is open, each once, without clients' ports", async () => {
  const { sockets } = await listeningSocket.read(recordingHost({ files }), {});
  expect(sockets?.map(({ protocol, address, port }) => `${protocol} ${address} ${port}`)).toEqual([
    "tcp 0.0.0.0 22",
    "tcp 127.0.0.1 25",
    "tcp :: 80",
    "tcp ::1 631",
    "udp 0.0.0.0 68",
    "udp fe80::feb2:54ff:fe5e:fe1d 546",
  ]);
});

it("judges who can reach a port", async () => {
  const state = await listeningSocket.read(recordingHost({ files }), {});
  const verdict = (ports: number[]) => listeningSocket.judge(state, { ports, loopback_only: true }, {}).verdict;
  expect([verdict([25, 631, 68]), verdict([25, 22]), verdict([80])]).toEqual(["pass", "fail", "fail"]);
  expect(listeningSocket.judge(state, { review: true }, {}).verdict).toBe("manual");
});

it("does not apply to an image", async () => {
  const state = await listeningSocket.read(recordingHost({ live: false, files }), {});
  expect(listeningSocket.judge(state, { ports: [25], loopback_only: true }, {}).verdict).toBe("not_applicable");
});

it("finds open ports that no ufw rule names", async () => {
  const rules =
    "### tuple ### allow tcp 22,443 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### deny any 60:90 ::/0 any ::/0 in\n";
  const host = recordingHost({ files: { ...files, "/etc/ufw/user.rules": rules } });
  const target = { frontend: "ufw" } as const;
  const state = await firewallPortCoverage.read(host, target);
  expect(firewallPortCoverage.judge(state, { every_port: true }, target)).toMatchObject({
    verdict: "fail",
    actual: "no rule for udp [fe80::feb2:54ff:fe5e:fe1d]:546",
  });
});

it("compares a family's ports with its own rules", async () => {
  const save = `*filter
:INPUT DROP [0:0]
:mine - [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p udp -j mine
-A mine -m multiport --dports 67:68,500 -j ACCEPT
COMMIT
`;
  const host = recordingHost({ files, commands: { "iptables-save": { stdout: save } } });
  const target = { frontend: "iptables" } as const;
  const state = await firewallPortCoverage.read(host, target);
  expect(firewallPortCoverage.judge(state, { every_port: true }, target)).toMatchObject({
    verdict: "fail",
    actual: "no rule for tcp [::]:80",
  });
});
