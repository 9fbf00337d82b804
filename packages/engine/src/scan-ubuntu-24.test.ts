import { describe, expect, it } from "vitest";
import { scanMachine } from "./test/scan-machine.ts";
import { ubuntu24Machine } from "./test/ubuntu-24-machine.ts";

const { benchmark, findings } = await scanMachine(ubuntu24Machine());

describe("a scan of Ubuntu 24.04 with its whole benchmark", () => {
  it("judges by its own benchmark, in full", () => {
    expect(benchmark).toBe("cis-ubuntu-24.04");
    expect(findings.size).toBe(312);
  });

  it("reads everything", () => {
    const unread = [...findings.values()].filter(({ status }) => status === "error" || status === "not_ported");
    expect(unread.map(({ checkId, message }) => `${checkId}: ${message}`)).toEqual([]);
  });

  it.each([
    ["1.1.1.7", "fail", "squashfs is built into the kernel"],
    ["1.1.1.9", "fail", "usb-storage can be loaded"],
    ["1.2.2.1", "pass", "no updates are pending"],
    ["1.3.1.3", "pass", "profiles are loaded"],
    ["1.3.1.4", "fail", "one profile only complains"],
    ["1.4.1", "fail", "the boot menu has no superuser"],
    ["1.4.2", "pass", "grub.cfg is root's alone"],
    ["1.5.4", "pass", "prelink is not installed"],
    ["1.5.5", "fail", "apport runs"],
    ["1.6.2", "fail", "the banner names Ubuntu"],
    ["1.7.4", "not_applicable", "there is no desktop"],
    ["2.3.2.2", "not_applicable", "chrony keeps the time"],
    ["2.3.3.1", "pass", "a drop-in has a pool"],
    ["2.4.1.2", "fail", "crontab can be read by all"],
    ["4.1.1", "pass", "ufw alone is in force"],
    ["4.2.3", "pass", "ufw is active"],
    ["4.2.6", "pass", "ssh has a rule"],
    ["4.2.7", "fail", "outgoing connections are allowed"],
    ["4.3.8", "not_applicable", "nftables is not the chosen firewall"],
    ["5.1.20", "fail", "root may log in with a key"],
    ["5.2.2", "pass", "use_pty is set"],
    ["5.3.1.1", "pass", "libpam-runtime is new enough"],
    ["5.3.2.2", "fail", "faillock is not in the stack"],
    ["5.3.3.4.1", "fail", "nullok stands behind pam_unix"],
    ["5.4.1.4", "pass", "YESCRYPT"],
    ["5.4.2.5", "pass", "root's path has only root's directories"],
    ["6.1.1.4", "pass", "journald feeds rsyslog, as Ubuntu builds it"],
    ["6.2.1.1", "fail", "auditd is not installed"],
    ["6.2.4.1", "not_applicable", "so there are no audit logs"],
    ["7.1.5", "pass", "the group shadow may read it"],
  ])("%s: %s, as %s", (number, status) => {
    expect(findings.get(number)?.status, findings.get(number)?.message).toBe(status);
  });
});
