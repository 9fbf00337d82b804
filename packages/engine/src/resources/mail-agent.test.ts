import { expect, it } from "vitest";
import { recordingHost } from "../hosts/recording.ts";
import { mailAgent } from "./mail-agent.ts";

const postfix = (text: string) => ({ "/usr/sbin/postfix": "", "/etc/postfix/main.cf": text });
const exim = (text: string) => ({ "/usr/sbin/exim4": "", "/etc/exim4/update-exim4.conf.conf": text });
const sendmail = (text: string) => ({ "/etc/mail/sendmail.cf": text });

it.each<[string, Record<string, string>, string[], string]>([
  ["no agent", {}, [], "pass"],
  ["only a left-over file", { "/etc/postfix/main.cf": "inet_interfaces = all\n" }, [], "pass"],
  ["postfix by default", postfix("# nothing\n"), ["all"], "fail"],
  [
    "postfix on loopback",
    postfix("inet_interfaces = all\ninet_interfaces = loopback-only\n"),
    ["loopback-only"],
    "pass",
  ],
  ["postfix on several", postfix("inet_interfaces = 127.0.0.1,\n# more\n  [::1]\n"), ["127.0.0.1", "[::1]"], "pass"],
  ["postfix also outside", postfix("inet_interfaces = localhost 10.0.0.1\n"), ["localhost", "10.0.0.1"], "fail"],
  ["exim on loopback", exim("dc_local_interfaces='127.0.0.1 ; ::1'\n"), ["127.0.0.1", "::1"], "pass"],
  ["exim everywhere", exim("dc_local_interfaces=''\n"), ["all"], "fail"],
  [
    "exim by its own configuration",
    { ...exim(""), "/etc/exim4/exim4.conf": "local_interfaces = <; 127.0.0.1 ; ::1\n" },
    ["127.0.0.1", "::1"],
    "pass",
  ],
  ["sendmail", sendmail("O DaemonPortOptions=Port=smtp,Addr=127.0.0.1, Name=MTA\n"), ["127.0.0.1"], "pass"],
  ["sendmail outside", sendmail("O DaemonPortOptions=Name=MTA\n"), ["all"], "fail"],
])("reads %s", async (_, files, listens, verdict) => {
  const state = await mailAgent.read(recordingHost({ live: false, files }), {});
  expect(state.agents.flatMap((agent) => agent.listens)).toEqual(listens);
  expect(mailAgent.judge(state, { loopback_only: true }, {}).verdict).toBe(verdict);
});
