import { describe, expect, it } from "vitest";
import { rhel9Machine } from "./test/rhel-9-machine.ts";
import { scanMachine } from "./test/scan-machine.ts";

const { benchmark, findings } = await scanMachine(rhel9Machine());

describe("a scan of RHEL 9 with its whole benchmark", () => {
  it("judges by its own benchmark, in full", () => {
    expect(benchmark).toBe("cis-rhel-9");
    expect(findings.size).toBe(298);
  });

  it("reads everything", () => {
    const unread = [...findings.values()].filter(({ status }) => status === "error" || status === "not_ported");
    expect(unread.map(({ checkId, message }) => `${checkId}: ${message}`)).toEqual([]);
  });

  it.each([
    ["1.1.1.1", "pass", "cramfs has its install and blacklist lines"],
    ["1.1.1.6", "fail", "squashfs is loaded"],
    ["1.1.2.1.2", "pass", "/tmp is mounted with nodev"],
    ["1.1.2.1.4", "fail", "and without noexec"],
    ["1.1.2.3.2", "not_applicable", "there is no /home to have options"],
    ["1.2.1.1", "manual", "keys are for a person to look at"],
    ["1.2.1.2", "fail", "one repository switches gpgcheck off"],
    ["1.2.2.1", "fail", "an update is pending"],
    ["1.3.1.2", "pass", "no boot entry has selinux=0"],
    ["1.3.1.4", "pass", "permissive is not off"],
    ["1.3.1.5", "fail", "enforcing in the file, permissive now"],
    ["1.3.1.7", "fail", "mcstrans is installed"],
    ["1.4.1", "pass", "user.cfg has a hash, and the menu takes it"],
    ["1.4.2", "fail", "grubenv is readable by all"],
    ["1.5.3", "fail", "ProcessSizeMax is only in a comment"],
    ["1.6.1", "pass", "DEFAULT with a subpolicy"],
    ["1.6.3", "pass", "no SHA-1 in the policy in force"],
    ["1.6.6", "fail", "ChaCha20 is left for SSH"],
    ["1.8.4", "not_applicable", "there is no desktop"],
    ["2.1.15", "fail", "telnet.socket listens"],
    ["2.1.18", "pass", "neither httpd nor nginx is installed"],
    ["2.3.2", "pass", "chrony has a pool"],
    ["2.4.1.1", "pass", "crond runs"],
    ["2.4.1.4", "fail", "cron.daily can be read by all"],
    ["2.4.2.1", "not_applicable", "at is not installed"],
    ["3.3.5", "fail", "redirects are accepted"],
    ["4.1.2", "pass", "firewalld alone is enabled"],
    ["4.2.2", "pass", "lo is trusted, spoofed packets are dropped"],
    ["4.3.3", "not_applicable", "nftables' own rules are not the chosen firewall"],
    ["5.1.2", "pass", "ssh_keys may read a host key"],
    ["5.1.11", "fail", "GSSAPI is offered"],
    ["5.2.4", "fail", "wheel needs no password"],
    ["5.2.7", "pass", "su asks for a group without members"],
    ["5.3.1.1", "fail", "pam is older than release 19"],
    ["5.3.2.1", "pass", "the authselect profile has the modules"],
    ["5.3.2.2", "pass", "faillock is in both stacks"],
    ["5.3.3.3.1", "pass", "pwhistory.conf remembers 24"],
    ["5.3.3.4.1", "pass", "no nullok"],
    ["5.4.2.5", "pass", "root's path is the system's"],
    ["5.4.3.3", "fail", "/etc/bashrc sets 022"],
    ["6.1.2", "pass", "cron starts aide --check"],
    ["6.1.3", "fail", "AIDE has no rule for the tools"],
    ["6.2.1.2", "manual", "systemd-tmpfiles is right, and a person has to see the rest"],
    ["6.2.1.4", "pass", "rsyslog reads the journal"],
    ["6.3.1.2", "pass", "audit=1 in every entry, by $kernelopts"],
    ["6.3.1.3", "fail", "the rescue entry has no backlog limit"],
    ["6.3.2.2", "fail", "logs rotate"],
    ["6.3.3.1", "pass", "sudoers is watched"],
    ["6.3.3.14", "fail", "one rule is on disk but not loaded"],
    ["6.3.4.8", "fail", "augenrules may be changed by its group"],
    ["7.1.5", "pass", "shadow has mode 0000"],
    ["7.1.7", "fail", "gshadow has 0640, right for Debian only"],
    ["7.1.12", "fail", "a file has an owner without an account"],
    ["7.1.14", "fail", "rpm tells of a changed mode"],
  ])("%s: %s, as %s", (number, status) => {
    expect(findings.get(number)?.status, findings.get(number)?.message).toBe(status);
  });

  it("names files and lines as evidence", () => {
    expect(findings.get("1.2.1.2")?.evidence.source).toContain("/etc/yum.repos.d/lab.repo:3");
    expect(findings.get("6.3.1.3")?.evidence.source).toContain("/boot/loader/entries/0123-0-rescue.conf:3");
  });
});
