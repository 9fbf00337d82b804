import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { rsyslog } from "./rsyslog.ts";

const read = (main: string, others: Record<string, string> = {}) =>
  rsyslog.read(recordingHost({ files: { "/etc/rsyslog.conf": main, ...others } }), {});
const modes = async (main: string, others: Record<string, string> = {}) =>
  (await read(main, others)).files.map(({ path, mode }) => `${path} ${mode}`);

it("gives each old action the mode set before it, through includes", async () => {
  const main =
    "*.* /a\n$FileCreateMode 0640\n*.* -/b;Template\n$IncludeConfig /etc/rsyslog.d/*.conf\nmail.* /d # x /e\n& ?Dynamic\n";
  const others = {
    "/etc/rsyslog.d/10.conf": "$FileCreateMode 0600\nauth.* /c\n",
    "/etc/rsyslog.d/.x.conf": "*.* /no\n",
  };
  expect(await modes(main, others)).toEqual(["/a 0644", "/b 0640", "/c 0600", "/d 0600", "?Dynamic 0600"]);
});

it("gives new actions their own mode, or that of builtin:omfile, not the old setting", async () => {
  expect(
    await modes(
      '$FileCreateMode 0600\nif $msg contains ")" then {\n  action(type="omfile" file="/a"\n    fileCreateMode="0640")\n}\naction(type="omfile" file="/b")\n' +
        'module(load="builtin:omfile" fileCreateMode="0640")\naction(type="omfile" dynaFile="D")\n*.* action(type="omfile" file="/dev/console")\n',
    ),
  ).toEqual(["/a 0640", "/b 0644", "?D 0640"]);
});

it("finds targets in both formats and no others", async () => {
  const { targets } = await read(
    "*.* @@log.example:6514\n*.* @(z9)[2001:db8::1]:514\n# *.* @@no.example\nif $x then @@c.example\n*.* :omrelp:d.example:20514;T\n" +
      '*.* action(type="omfwd" target="e.example" port="514"\n  # protocol="udp"\n  protocol="tcp")\naction(type="omfwd" target="")\nmail.info :omusrmsg:*\n',
  );
  expect(targets.map(({ host, protocol }) => `${protocol} ${host}`)).toEqual([
    "tcp log.example",
    "udp [2001:db8::1]",
    "tcp c.example",
    "relp d.example",
    "tcp e.example",
  ]);
});

it("finds what receives from the network", async () => {
  const { receivers } = await read(
    'module(load="imtcp")\ninput(type="imtcp" port="514")\n#module(load="imudp")\n$ModLoad imudp.so\n$UDPServerRun 514\nmodule(load="imuxsock") /* module(load="imrelp") */\n',
  );
  expect(receivers.map(({ module }) => module)).toEqual(["imtcp", "imtcp", "imudp", "imudp"]);
});

it("takes directories and include(), and stops at a file that includes itself", async () => {
  const others = { "/etc/r/a.conf": "*.* /a\n", "/etc/s.conf": "*.* /b\n" };
  expect(
    await modes(
      'include(file="/etc/r/")\ninclude(file="/etc/s.conf" mode="optional")\ninclude(file="/none")\n',
      others,
    ),
  ).toEqual(["/a 0644", "/b 0644"]);
  await expect(read("$IncludeConfig /etc/rsyslog.conf\n")).rejects.toThrow("too many nested includes");
  await expect(read('action(type="omfile" file="/x')).resolves.toBeDefined();
});

it("judges modes, targets and receivers", async () => {
  const state = await read("$FileCreateMode 0640\n*.* /a\n*.* @@log.example\n*.* @@127.0.0.1\n");
  const verdict = (desired: Parameters<typeof rsyslog.judge>[1], of = state) => rsyslog.judge(of, desired, {}).verdict;
  expect(verdict({ file_mode_max: "0640" })).toBe("pass");
  expect(verdict({ file_mode_max: "0600" })).toBe("fail");
  expect(verdict({ forwards: true })).toBe("pass");
  expect(verdict({ forwards: true, hosts_allowed: [] })).toBe("pass");
  expect(verdict({ forwards: true, hosts_allowed: ["LOG.example"] })).toBe("pass");
  expect(verdict({ forwards: true, hosts_allowed: ["other.example"] })).toBe("fail");
  expect(verdict({ forwards: false })).toBe("fail");
  expect(verdict({ receives: false })).toBe("pass");
  const own = await read("*.* @@localhost\n$ModLoad imtcp\n");
  expect(verdict({ forwards: true }, own)).toBe("fail");
  expect(verdict({ receives: false }, own)).toBe("fail");
});
