import { describe, expect, it } from "vitest";
import { hardenedUbuntu24Machine } from "./test/hardened-ubuntu-24-machine.ts";
import { scanMachine, verdictsByKind } from "./test/scan-machine.ts";
import { ubuntu24Machine } from "./test/ubuntu-24-machine.ts";

const { findings } = await scanMachine(hardenedUbuntu24Machine());

describe("a scan of Ubuntu 24.04 that somebody has hardened", () => {
  it("reads everything", () => {
    const unread = [...findings.values()].filter(({ status }) => status === "error" || status === "not_ported");
    expect(unread.map(({ checkId, message }) => `${checkId}: ${message}`)).toEqual([]);
  });

  it.each([
    ["1.2.2.1", "fail", "openssl can be updated"],
    ["1.3.1.2", "pass", "AppArmor is switched on for every boot"],
    ["1.4.1", "pass", "the boot menu has a superuser with a hash"],
    ["1.5.1", "pass", "addresses are random, now and at boot"],
    ["1.5.2", "pass", "2 is stricter than 1"],
    ["1.5.5", "pass", "apport is not installed"],
    ["1.7.2", "pass", "the login screen has a banner"],
    ["1.7.4", "pass", "the screen locks after ten minutes"],
    ["1.7.5", "pass", "and users cannot change that"],
    ["1.7.8", "fail", "programs on media are offered"],
    ["1.7.9", "fail", "and users may choose"],
    ["2.1.2", "pass", "avahi is idle, and libnss-mdns needs it"],
    ["2.1.13", "fail", "rsync is idle too, but nothing needs it"],
    ["2.1.21", "fail", "Exim listens to everybody"],
    ["2.3.3.1", "fail", "chrony has no source"],
    ["3.1.2", "fail", "a wireless interface is up"],
    ["3.3.1", "pass", "nothing is forwarded"],
    ["3.3.5", "pass", "no redirect is accepted"],
    ["4.1.1", "pass", "iptables alone is in force"],
    ["4.2.3", "not_applicable", "ufw is not the chosen firewall"],
    ["4.3.8", "not_applicable", "nor is nftables"],
    ["4.4.2.1", "pass", "iptables drops what no rule takes"],
    ["4.4.2.2", "pass", "and takes from lo alone what says it is local"],
    ["4.4.3.1", "pass", "so does ip6tables"],
    ["4.4.3.2", "pass", "which knows ::1"],
    ["5.3.2.2", "pass", "faillock is in both stacks"],
    ["5.3.3.1.1", "pass", "four failures lock"],
    ["5.3.3.1.2", "pass", "until somebody unlocks"],
    ["5.3.3.1.3", "pass", "root too"],
    ["5.3.3.4.1", "pass", "no nullok"],
    ["5.4.1.5", "fail", "the default is right, but ann has no limit"],
    ["5.4.2.5", "fail", "root's path ends with the current directory"],
    ["6.1.1.2", "fail", "the journal may be read by all"],
    ["6.1.4.1", "fail", "everybody may write into a log"],
    ["6.2.1.1", "pass", "auditd is installed"],
    ["6.2.1.3", "pass", "every entry has audit=1"],
    ["6.2.1.4", "pass", "and room for what comes early"],
    ["6.2.3.1", "pass", "sudoers is watched, on disk and loaded"],
    ["6.2.3.4", "pass", "and so is the clock"],
    ["6.2.3.6", "fail", "Exim is privileged, and not audited"],
    ["6.2.3.10", "fail", "mount is audited for 64-bit programs only"],
    ["6.2.3.20", "pass", "the rules are locked last"],
    ["6.2.4.1", "pass", "the log is its group's at most"],
    ["6.2.4.2", "fail", "but belongs to daemon"],
    ["6.2.4.3", "pass", "adm may read it"],
    ["6.3.2", "pass", "cron starts aide --check"],
    ["6.3.3", "pass", "AIDE has the rule for every tool"],
    ["7.1.11", "fail", "everybody may write to a file"],
    ["7.1.12", "fail", "and one is nobody's"],
    ["7.2.4", "fail", "ann is in the group shadow"],
    ["7.2.9", "pass", "homes are their users'"],
    ["7.2.10", "fail", "but others may read a password in .netrc"],
  ])("%s: %s, as %s", (number, status) => {
    expect(findings.get(number)?.status, findings.get(number)?.message).toBe(status);
  });
});

it("over both machines every kind has passed and failed", async () => {
  const seen = await verdictsByKind([ubuntu24Machine(), hardenedUbuntu24Machine()]);
  const oneSided = [...seen].filter(([, verdicts]) => !(verdicts.has("pass") && verdicts.has("fail")));
  // A question to a person has no other verdict.
  expect(oneSided.map(([kind, verdicts]) => `${kind} ${[...verdicts]}`)).toEqual(["manual manual"]);
});
