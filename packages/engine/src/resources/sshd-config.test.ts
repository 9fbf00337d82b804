import { describe, expect, it } from "vitest";
import { type Recording, recordingHost } from "../hosts/recording.ts";
import { readSshdSetting } from "./sshd-state.ts";

const main = "/etc/ssh/sshd_config";

async function read(key: string, files: NonNullable<Recording["files"]> | string): Promise<string | null> {
  const host = recordingHost({ live: false, files: typeof files === "string" ? { [main]: files } : files });
  return (await readSshdSetting(host, key)).value;
}

// The expected values are what `sshd -T` of OpenSSH 9.2 prints for these configurations.
describe("the value of a keyword, from the files", () => {
  it.each([
    ["the first value wins", "MaxAuthTries 4\nMaxAuthTries 9\n", "maxauthtries", "4"],
    ["a comment sets nothing", "#MaxAuthTries 4\n", "maxauthtries", "6"],
    ["an indented comment sets nothing", "  # MaxAuthTries 4\n", "maxauthtries", "6"],
    ["case does not matter in names and yes", "USEPAM YES\n", "usepam", "yes"],
    ["an equals sign may separate", "X11Forwarding=yes\nUsePAM  =  yes\n", "usepam", "yes"],
    ["quotes are taken off", 'PermitRootLogin "no"\n', "permitrootlogin", "no"],
    ["a keyword may be quoted", '"PermitRootLogin" no\n', "permitrootlogin", "no"],
    ["a comment may follow", "PermitRootLogin no # never\n", "permitrootlogin", "no"],
    ["CRLF and trailing blanks are dropped", "PermitRootLogin no \t\r\nUsePAM yes\r\n", "permitrootlogin", "no"],
    [
      "an old name stands for the new one",
      "ChallengeResponseAuthentication no\n",
      "kbdinteractiveauthentication",
      "no",
    ],
    [
      "prohibit-password has its old name",
      "PermitRootLogin Prohibit-Password\n",
      "permitrootlogin",
      "without-password",
    ],
    ["times are in seconds", "LoginGraceTime 1h30m5\n", "logingracetime", "5405"],
    ["log levels are in upper case", "LogLevel verbose\n", "loglevel", "VERBOSE"],
    ["AllowUsers lines add up", "AllowUsers a b\nAllowUsers c@10.0.0.0/8\n", "allowusers", "a b c@10.0.0.0/8"],
    ["a quoted name keeps its blank", 'DenyGroups "a b" c\n', "denygroups", "a b c"],
    ["one number of MaxStartups is begin and full", "MaxStartups 7\n", "maxstartups", "7:30:7"],
    ["of MaxStartups the last one wins", "MaxStartups 7\nMaxStartups 10:30:60\n", "maxstartups", "10:30:60"],
    ["sizes and times of RekeyLimit", "RekeyLimit 1G 2h\n", "rekeylimit", "1073741824 7200"],
    ["an explicit list of ciphers", "Ciphers aes256-ctr,aes128-ctr\n", "ciphers", "aes256-ctr,aes128-ctr"],
    [
      "minus takes away by pattern",
      "Ciphers -aes*-ctr,chacha*\n",
      "ciphers",
      "aes128-gcm@openssh.com,aes256-gcm@openssh.com",
    ],
    [
      "plus adds what is not there yet",
      "Ciphers +aes128-ctr,3des-cbc\n",
      "ciphers",
      "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,3des-cbc",
    ],
    [
      "the caret puts in front",
      "Ciphers ^aes256-ctr\n",
      "ciphers",
      "aes256-ctr,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com",
    ],
    ["a banner of none", "Banner None\n", "banner", "none"],
    ["a command is its whole line", 'ForceCommand /bin/x  "a b" # c\n', "forcecommand", '/bin/x  "a b" # c'],
    ["a Match block is not for everyone", "Match User bob\nMaxAuthTries 9\n", "maxauthtries", "6"],
    ["Match all is, over what came before", "MaxAuthTries 4\nMatch all\nMaxAuthTries 9\n", "maxauthtries", "9"],
  ])("%s", async (_name, text, key, expected) => {
    expect(await read(key, text)).toBe(expected);
  });

  it.each([
    ["a drop-in included first wins", "Include sshd_config.d/*.conf\nMaxAuthTries 9\n", "3"],
    ["a drop-in included last loses", "MaxAuthTries 9\nInclude /etc/ssh/sshd_config.d/*.conf\n", "9"],
    ["a quoted path among several", 'Include "/none" "sshd_config.d/10-*.conf"\n', "3"],
    ["an include in a Match block is conditional", "Match User bob\nInclude sshd_config.d/*.conf\n", "6"],
  ])("%s", async (_name, text, expected) => {
    const files = {
      [main]: text,
      "/etc/ssh/sshd_config.d/10-a.conf": "MaxAuthTries 3\nMatch User eve\n",
      "/etc/ssh/sshd_config.d/20-b.conf": "MaxAuthTries 8\n",
      "/etc/ssh/sshd_config.d/.hidden.conf": "MaxAuthTries 1\n",
    };
    expect(await read("maxauthtries", files)).toBe(expected);
  });

  it("ends a Match block with the included file it is in", async () => {
    const files = { [main]: "Include /a.conf\nUsePAM yes\n", "/a.conf": "Match User eve\nMaxSessions 1\n" };
    expect(await read("usepam", files)).toBe("yes");
  });

  it("knows the defaults of the release installed", async () => {
    const at = (release: string) => ({
      [main]: "",
      "/usr/sbin/sshd": `OpenSSH_6.6.1*\0OpenSSH_2.5.0p1*\0OpenSSH_${release}p1 Debian\0`,
    });
    expect(await read("kexalgorithms", at("8.7"))).not.toContain("sntrup");
    expect(await read("kexalgorithms", at("9.2"))).toMatch(/^sntrup761x25519-sha512@openssh.com,curve/);
    expect(await read("kexalgorithms", at("9.9"))).toContain("mlkem768x25519-sha256");
    expect(await read("requiredrsasize", at("8.9"))).toBeNull();
    expect(await read("requiredrsasize", at("9.6"))).toBe("1024");
  });

  it.each([
    ["MaxAuthTries -1\n", "maxauthtries"],
    ["UsePAM maybe\n", "usepam"],
    ["AllowUsers  \n", "allowusers"],
    ["AllowUsers bob\nAllowUsers # nobody\n", "allowusers"],
    ['Banner "/etc/issue.net\n', "banner"],
    ["LoginGraceTime 1fortnight\n", "logingracetime"],
  ])("says what sshd would refuse: %s", async (text, key) => {
    const state = await readSshdSetting(recordingHost({ live: false, files: { [main]: text } }), key);
    expect(state.refused).toBe(true);
  });

  it("refuses files that include each other without end", async () => {
    await expect(read("usepam", "Include sshd_config\n")).rejects.toThrow("without end");
  });

  it("is quick on a hostile file", async () => {
    const hostile = `${" ".repeat(500_000)}# \nLoginGraceTime ${"1".repeat(200_000)}x\nUsePAM${" ".repeat(500_000)}yes`;
    expect(await read("usepam", hostile)).toBe("yes");
  });
});
