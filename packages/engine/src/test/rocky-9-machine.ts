import type { RecordedFile, RecordedMachine } from "../hosts/recording.ts";
import { dnfCheck, rhel9Machine, rpmVerify } from "./rhel-9-machine.ts";

const packages = [
  "aide 0.16-102.el9",
  "audit 3.1.5-1.el9",
  "audit-libs 3.1.5-1.el9",
  "authselect 1.2.6-2.el9",
  "avahi 0.8-21.el9",
  "chrony 4.6.1-1.el9",
  "cronie 1.5.7-13.el9",
  "gdm 1:40.1-28.el9",
  "grub2-common 1:2.06-92.el9",
  "httpd 2.4.62-1.el9",
  "libpwquality 1.4.4-8.el9",
  "libselinux 3.6-1.el9",
  "nftables 1:1.0.9-3.el9",
  "nss-mdns 0.15.1-3.1.el9",
  "openssh-server 8.7p1-43.el9",
  "pam 1.5.1-22.el9",
  "postfix 2:3.5.25-1.el9",
  "rsyslog 8.2412.0-1.el9",
  "sudo 1.9.5p2-10.el9",
  "systemd-journal-remote 252-46.el9",
];

const units: readonly (readonly [unit: string, enabled: boolean])[] = [
  ["auditd.service", true],
  ["avahi-daemon.service", false],
  ["avahi-daemon.socket", false],
  ["chronyd.service", true],
  ["crond.service", true],
  ["gdm.service", true],
  ["httpd.service", false],
  ["nftables.service", true],
  ["postfix.service", true],
  ["rsyslog.service", true],
  ["sshd.service", true],
  ["systemd-journal-upload.service", false],
];

/** A list tag of every package, a line per value, as rpm prints it. */
const tag = (name: string) => `rpm -qa --qf [%{=NAME}\\t%{${name}}\\n]`;

const audited = "-a always,exit -S all -F path=/usr/bin/passwd -F perm=x -F auid>=1000 -F auid!=-1 -F key=privileged\n";

const chain = (name: string, hook: string, policy: string) => ({
  chain: { family: "inet", table: "filter", name, handle: 1, type: "filter", hook, prio: 0, policy },
});
const inputRule = (...expr: object[]) => ({
  rule: { family: "inet", table: "filter", chain: "INPUT", handle: 9, expr },
});
const match = (left: object, right: unknown) => ({ match: { op: "==", left, right } });
/** As `nft -j list ruleset` shows tables that let in nothing but what is local. */
export const closedRuleset = {
  nftables: [
    { metainfo: { version: "1.0.9", release_name: "Old Doc Yak #3", json_schema_version: 1 } },
    { table: { family: "inet", name: "filter", handle: 1 } },
    chain("INPUT", "input", "drop"),
    chain("FORWARD", "forward", "drop"),
    chain("OUTPUT", "output", "drop"),
    inputRule(match({ meta: { key: "iif" } }, "lo"), { accept: null }),
    inputRule(match({ payload: { protocol: "ip", field: "saddr" } }, { prefix: { addr: "127.0.0.0", len: 8 } }), {
      counter: { packets: 0, bytes: 0 },
    }),
    inputRule(match({ payload: { protocol: "ip", field: "saddr" } }, { prefix: { addr: "127.0.0.0", len: 8 } }), {
      drop: null,
    }),
    inputRule(match({ payload: { protocol: "ip6", field: "saddr" } }, "::1"), { drop: null }),
  ],
};

/** GNOME with a banner and locked settings, but for programs on media. */
export const desktopSettings: Readonly<Record<string, RecordedFile>> = {
  "/etc/dconf/profile/user": "user-db:user\nsystem-db:local\nsystem-db:site\nsystem-db:distro\n",
  "/etc/dconf/profile/gdm": "user-db:user\nsystem-db:gdm\nfile-db:/usr/share/gdm/greeter-dconf-defaults\n",
  "/etc/dconf/db/local": "compiled",
  "/etc/dconf/db/gdm": "compiled",
  "/etc/dconf/db/gdm.d/01-banner":
    "[org/gnome/login-screen]\nbanner-message-enable=true\nbanner-message-text='Authorised users only.'\ndisable-user-list=true\n",
  "/etc/dconf/db/local.d/00-site":
    "[org/gnome/desktop/session]\nidle-delay=uint32 600\n\n[org/gnome/desktop/screensaver]\nlock-delay=uint32 0\n\n" +
    "[org/gnome/desktop/media-handling]\nautomount=false\nautomount-open=false\nautorun-never=false\n",
  "/etc/dconf/db/local.d/locks/00-site":
    "/org/gnome/desktop/session/idle-delay\n/org/gnome/desktop/screensaver/lock-delay\n" +
    "/org/gnome/desktop/media-handling/automount\n/org/gnome/desktop/media-handling/automount-open\n",
};

const bareStack =
  "auth required pam_unix.so\naccount required pam_unix.so\npassword required pam_unix.so sha512 shadow\n";

const files: Readonly<Record<string, RecordedFile | null>> = {
  ...desktopSettings,
  "/etc/passwd":
    "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\ngames:x:12:100:games:/usr/games:/bin/bash\n" +
    "sshd:x:74:74:sshd:/usr/share/empty.sshd:/usr/sbin/nologin\nann:x:1000:1000::/home/ann:/bin/bash\nbob:x:1000:1001::/home/bob:/bin/bash\n",
  "/home/ann": { type: "directory", uid: 1000, gid: 1000, mode: 0o755 },
  "/home/ann/.rhosts": { text: "+ +\n", uid: 1000, gid: 1000, mode: 0o600 },
  "/root/.bash_profile": "PATH=.:$PATH:$HOME/bin\nexport PATH\n",
  "/etc/login.defs":
    "PASS_MAX_DAYS 99999\nPASS_MIN_DAYS 0\nPASS_WARN_AGE 7\nENCRYPT_METHOD MD5\nUID_MIN 1000\nUMASK 077\n",
  "/etc/default/useradd": "INACTIVE=-1\n",
  "/etc/bashrc": "umask 027\n",
  "/etc/profile.d/timeout.sh": "TMOUT=3600\nreadonly TMOUT\nexport TMOUT\n",
  "/etc/pam.d/system-auth": bareStack,
  "/etc/pam.d/password-auth": bareStack,
  "/etc/authselect/authselect.conf": "custom/bare\n",
  "/etc/authselect/custom/bare/system-auth": bareStack,
  "/etc/authselect/custom/bare/password-auth": bareStack,
  "/boot/grub2/user.cfg": null,
  "/etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
  "/sys/fs/selinux/enforce": "1",
  "/proc/811/status": "Name:\tbackup-agent\nUid:\t0\t0\t0\t0\n",
  "/proc/811/attr/current": "system_u:system_r:unconfined_service_t:s0\0",
  "/etc/chrony.conf": "user root\nmakestep 1.0 3\n",
  "/etc/cron.d/aide": "# 0 5 * * * root /usr/sbin/aide --check\n",
  "/etc/aide.conf": `Tools = p+i+n+u+g+s+b+acl+xattrs+sha512\n${[
    "auditctl",
    "auditd",
    "ausearch",
    "aureport",
    "autrace",
    "augenrules",
  ]
    .map((tool) => `/usr/sbin/${tool} Tools\n`)
    .join("")}`,
  "/etc/audit/rules.d/50-privileged.rules": {
    text: "-a always,exit -F path=/usr/bin/passwd -F perm=x -F auid>=1000 -F auid!=unset -k privileged\n",
    mode: 0o640,
  },
  "/var/log/audit": { type: "directory", mode: 0o755 },
  "/var/log/audit/audit.log": { text: "", mode: 0o644, gid: 10 },
  "/var/log/messages": { text: "", mode: 0o666 },
  "/usr/sbin/augenrules": { text: "", mode: 0o755 },
  "/usr/lib/tmpfiles.d/systemd.conf": "z /var/log/journal/%m/system.journal 0644 root systemd-journal - -\n",
  "/usr/sbin/postfix": { text: "", mode: 0o755 },
  "/etc/postfix/main.cf": "inet_interfaces = all\ninet_protocols = all\n",
  "/proc/net/tcp":
    "  sl  local_address rem_address   st\n   0: 00000000:0019 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n",
  "/sys/class/net/wlp2s0/wireless/link": "0",
  "/sys/class/net/wlp2s0/flags": "0x1003\n",
  "/sys/class/net/wlp2s0/device/driver/module": { linkTo: "../../../../../module/iwlwifi" },
  "/etc/firewalld/zones/public.xml": null,
  "/etc/firewalld/zones/trusted.xml": null,
};

/** A workstation of Rocky Linux 9: right where the server of RHEL 9 is wrong, and wrong where that is right. */
export function rocky9Machine(): RecordedMachine {
  return rhel9Machine({
    osRelease: 'NAME="Rocky Linux"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.6"\n',
    packages,
    units,
    files,
    commands: {
      "auditctl -l": { stdout: audited },
      "nft -j list ruleset": { stdout: JSON.stringify(closedRuleset) },
      "firewall-cmd --list-all-zones": {
        stdout: "public (active)\n  target: default\n  interfaces: enp1s0 lo\n  services: ssh\n",
      },
      [rpmVerify]: { exitCode: 0, stdout: "" },
      [dnfCheck]: { exitCode: 0, stdout: "" },
      [tag("PROVIDENAME")]: {
        stdout: packages.map((line) => `${line.split(" ")[0]}\t${line.split(" ")[0]}\n`).join(""),
      },
      [tag("REQUIRENAME")]: { stdout: "nss-mdns\tavahi\ngdm\tlibc.so.6\n" },
      "rpm -q --qf [%{=NAME}\\t%{FILENAMES}\\n] avahi": { stdout: "avahi\t/usr/sbin/avahi-daemon\n" },
      "rpm -q --qf [%{=NAME}\\t%{FILENAMES}\\n] httpd": { stdout: "httpd\t/usr/sbin/httpd\n" },
    },
  });
}
