import { describe, expect, it } from "vitest";
import { rhel9Machine } from "./test/rhel-9-machine.ts";
import { rocky9Machine } from "./test/rocky-9-machine.ts";
import { scanMachine, verdictsByKind } from "./test/scan-machine.ts";

const { benchmark, findings } = await scanMachine(rocky9Machine());

describe("a scan of Rocky Linux 9 with the benchmark of RHEL 9", () => {
  it("judges by that benchmark, in full", () => {
    expect(benchmark).toBe("cis-rhel-9");
    expect(findings.size).toBe(298);
  });

  it("reads everything", () => {
    const unread = [...findings.values()].filter(({ status }) => status === "error" || status === "not_ported");
    expect(unread.map(({ checkId, message }) => `${checkId}: ${message}`)).toEqual([]);
  });

  it.each([
    ["1.2.2.1", "pass", "no update is pending"],
    ["1.3.1.5", "pass", "enforcing, on disk and now"],
    ["1.3.1.6", "fail", "a backup agent runs unconfined"],
    ["1.3.1.7", "pass", "mcstrans is not installed"],
    ["1.4.1", "fail", "nobody has set a password for the menu"],
    ["1.8.2", "pass", "the login screen has a banner"],
    ["1.8.3", "pass", "and no list of users"],
    ["1.8.4", "pass", "the screen locks after ten minutes"],
    ["1.8.5", "pass", "and users cannot change that"],
    ["1.8.6", "pass", "media are not mounted by themselves"],
    ["1.8.7", "pass", "which is locked too"],
    ["1.8.8", "fail", "but programs on them are offered"],
    ["1.8.9", "fail", "and users may choose"],
    ["2.1.2", "pass", "avahi is idle, and nss-mdns needs it"],
    ["2.1.18", "fail", "httpd is idle too, but nothing needs it"],
    ["2.1.21", "fail", "Postfix listens to everybody"],
    ["2.3.2", "fail", "chrony has no source"],
    ["3.1.2", "fail", "a wireless interface is up"],
    ["4.1.2", "pass", "nftables alone is enabled"],
    ["4.3.1", "pass", "it has the base chains"],
    ["4.3.3", "pass", "which drop"],
    ["4.3.4", "pass", "and take from lo alone what says it is local"],
    ["4.2.2", "not_applicable", "firewalld is not the chosen firewall"],
    ["5.3.2.1", "fail", "the authselect profile has pam_unix alone"],
    ["5.3.2.2", "fail", "so pam_faillock is in no stack"],
    ["5.4.1.1", "fail", "passwords hold for 99999 days"],
    ["5.4.1.2", "fail", "and can be changed at once"],
    ["5.4.1.4", "fail", "MD5 is the default"],
    ["5.4.1.5", "fail", "nobody is locked for being away"],
    ["5.4.2.5", "fail", "root's path begins with the current directory"],
    ["5.4.2.7", "fail", "games has a shell"],
    ["5.4.3.2", "fail", "shells wait for an hour"],
    ["5.4.3.3", "pass", "/etc/bashrc sets 027"],
    ["6.1.2", "fail", "the line for aide is a comment"],
    ["6.1.3", "pass", "AIDE has the rule for every tool"],
    ["6.2.1.2", "fail", "the journal may be read by all"],
    ["6.2.4.1", "fail", "everybody may write into a log"],
    ["6.3.3.6", "pass", "the one privileged program is audited, on disk and loaded"],
    ["6.3.4.1", "fail", "the directory of the audit log is open"],
    ["6.3.4.2", "fail", "and the log"],
    ["6.3.4.4", "fail", "which is wheel's"],
    ["7.1.14", "pass", "rpm finds no changed mode or owner"],
    ["7.2.4", "fail", "ann and bob are one user"],
    ["7.2.8", "fail", "anybody may look into ann's home"],
    ["7.2.9", "fail", "and rlogin would take anybody for ann"],
  ])("%s: %s, as %s", (number, status) => {
    expect(findings.get(number)?.status, findings.get(number)?.message).toBe(status);
  });
});

it("over both machines every kind has passed and failed", async () => {
  const seen = await verdictsByKind([rhel9Machine(), rocky9Machine()]);
  const oneSided = [...seen].filter(([, verdicts]) => !(verdicts.has("pass") && verdicts.has("fail")));
  // A question to a person has no other verdict.
  expect(oneSided.map(([kind, verdicts]) => `${kind} ${[...verdicts]}`)).toEqual(["manual manual"]);
});
