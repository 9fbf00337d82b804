import { type RecordedFile, type RecordedMachine, recordingHost } from "../hosts/recording.ts";

/** Name and version; what dpkg's record says further, line by line, is left out where a machine does not need it. */
export type DebPackage = readonly [name: string, version: string, fields?: string];

const installed: readonly DebPackage[] = [
  ["apparmor", "4.0.1really4.0.1-0ubuntu0.24.04.3"],
  ["apport", "2.28.1-0ubuntu3.3"],
  ["chrony", "4.5-1ubuntu4"],
  ["cron", "3.0pl1-184ubuntu2"],
  ["grub-common", "2.12-1ubuntu7"],
  ["libpam-modules", "1.5.3-5ubuntu5.1"],
  ["libpam-pwquality", "1.4.5-3build1"],
  ["libpam-runtime", "1.5.3-5ubuntu5.1"],
  ["openssh-server", "1:9.6p1-3ubuntu13.5"],
  ["rsyslog", "8.2312.0-3ubuntu9"],
  ["sudo", "1.9.15p5-3ubuntu5"],
  ["ufw", "0.36.2-6"],
];

function dpkgStatus(packages: readonly DebPackage[]): string {
  return packages
    .map(
      ([name, version, fields = ""]) =>
        `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n${fields}`,
    )
    .join("\n");
}

const units: Readonly<Record<string, boolean>> = {
  "apport.service": true,
  "chrony.service": true,
  "cron.service": true,
  "rsyslog.service": true,
  "ssh.service": true,
  "ufw.service": true,
};

function unitFiles(here: typeof units): Record<string, RecordedFile> {
  const files: Record<string, RecordedFile> = {
    "/usr/lib/systemd/system/systemd-journald.service": "[Service]\nExecStart=/usr/lib/systemd/systemd-journald\n",
  };
  for (const [unit, enabled] of Object.entries(here)) {
    const path = `/usr/lib/systemd/system/${unit}`;
    files[path] = `[Unit]\nDescription=${unit}\n[Install]\nWantedBy=multi-user.target\n`;
    if (enabled) files[`/etc/systemd/system/multi-user.target.wants/${unit}`] = { linkTo: path };
  }
  return files;
}

const kernelParameters: Readonly<Record<string, string>> = {
  "fs.suid_dumpable": "2",
  "kernel.randomize_va_space": "2",
  "kernel.yama.ptrace_scope": "1",
  "net.ipv4.conf.all.rp_filter": "2",
  "net.ipv4.conf.default.rp_filter": "2",
  "net.ipv4.ip_forward": "0",
  "net.ipv4.tcp_syncookies": "1",
  "net.ipv6.conf.all.disable_ipv6": "0",
  "net.ipv6.conf.all.forwarding": "0",
};

const hash = "$y$j9T$0123456789$abcdef";

const files: Readonly<Record<string, RecordedFile>> = {
  "/var/lib/apt/lists/archive_dists_noble_main_binary-amd64_Packages": "",
  "/etc/passwd": `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
ann:x:1000:1000:Ann:/home/ann:/bin/bash
`,
  "/etc/group": "root:x:0:\ndaemon:x:1:\nadm:x:4:ann\nsudo:x:27:ann\nshadow:x:42:\nann:x:1000:\n",
  "/etc/shadow": {
    text: `root:*:19900:0:99999:7:::\ndaemon:*:19900:0:99999:7:::\nann:${hash}:19900:0:99999:7:::\n`,
    mode: 0o640,
    gid: 42,
  },
  "/etc/gshadow": { text: "root:*::\nann:!::\n", mode: 0o640, gid: 42 },
  "/etc/shells": "/bin/sh\n/bin/bash\n/usr/bin/bash\n",
  "/etc/environment":
    'PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"\n',
  "/etc/login.defs": "PASS_MAX_DAYS 99999\nPASS_WARN_AGE 7\nENCRYPT_METHOD YESCRYPT\nUID_MIN 1000\nUMASK 022\n",
  "/etc/pam.d/common-auth": `auth [success=1 default=ignore] pam_unix.so nullok
auth requisite pam_deny.so
auth required pam_permit.so
`,
  "/etc/pam.d/common-account": "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n",
  "/etc/pam.d/common-password": `password requisite pam_pwquality.so retry=3
password [success=1 default=ignore] pam_unix.so obscure use_authtok try_first_pass yescrypt
`,
  "/etc/pam.d/common-session": "session required pam_unix.so\nsession optional pam_umask.so\n",
  "/etc/pam.d/common-session-noninteractive": "session required pam_unix.so\n",
  "/etc/security/pwquality.conf": "minlen = 14\n",
  "/etc/sudoers": { text: "Defaults use_pty\nroot ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n", mode: 0o440 },
  "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\n",
  "/etc/ssh/ssh_host_ed25519_key": { text: "k\n", mode: 0o600 },
  "/etc/default/apport": "# 1 to start\nenabled=1\n",
  "/etc/default/ufw":
    'IPV6=yes\nDEFAULT_INPUT_POLICY="DROP"\nDEFAULT_OUTPUT_POLICY="ACCEPT"\nDEFAULT_FORWARD_POLICY="DROP"\n',
  "/etc/ufw/ufw.conf": "ENABLED=yes\nLOGLEVEL=low\n",
  "/etc/ufw/before.rules": "-A ufw-before-input -i lo -j ACCEPT\n-A ufw-before-output -o lo -j ACCEPT\n",
  "/etc/ufw/user.rules": "### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n",
  "/etc/ufw/user6.rules": "### tuple ### allow tcp 22 ::/0 any ::/0 in\n",
  "/etc/chrony/chrony.conf": "confdir /etc/chrony/conf.d\nsourcedir /etc/chrony/sources.d\n",
  "/etc/chrony/sources.d/ubuntu.sources": "pool ntp.ubuntu.com iburst maxsources 4\n",
  "/boot/grub/grub.cfg": {
    text: "menuentry 'Ubuntu' {\n\tlinux /vmlinuz-6.8.0-45-generic root=/dev/vda1 ro quiet\n}\n",
    mode: 0o600,
  },
  "/usr/lib/tmpfiles.d/systemd.conf": "z /var/log/journal/%m/system.journal 0640 root systemd-journal - -\n",
  "/proc/cmdline": "BOOT_IMAGE=/vmlinuz-6.8.0-45-generic root=/dev/vda1 ro quiet\n",
  "/sys/kernel/security/apparmor/profiles": "/usr/sbin/chronyd (enforce)\nubuntu_pro_apt_news (complain)\n",
  "/sys/module/apparmor/parameters/enabled": "Y\n",
  "/bin": { linkTo: "usr/bin" },
  "/sbin": { linkTo: "usr/sbin" },
  "/snap/bin": { type: "directory" },
  "/etc/cron.d": { type: "directory", mode: 0o755 },
  "/etc/crontab": { text: "", mode: 0o644 },
  "/etc/issue": "Ubuntu 24.04.1 LTS \\n \\l\n",
  "/etc/fstab": "/dev/vda1 / ext4 defaults 0 1\n",
  "/proc/self/mountinfo":
    "21 1 253:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n22 21 0:22 / /dev/shm rw,nosuid,nodev shared:2 - tmpfs tmpfs rw\n",
  "/proc/self/mounts": "/dev/vda1 / ext4 rw,relatime 0 0\ntmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n",
  "/proc/modules": "",
  "/proc/sys/kernel/osrelease": "6.8.0-45-generic\n",
  "/proc/sys/kernel/ostype": "Linux\n",
  "/lib/modules/6.8.0-45-generic/kernel/drivers/usb/storage/usb-storage.ko.zst": "",
  "/lib/modules/6.8.0-45-generic/modules.builtin": "kernel/fs/squashfs/squashfs.ko\n",
  "/proc/net/tcp":
    "  sl  local_address rem_address   st\n   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n",
  "/proc/net/tcp6": "  sl  local_address\n",
  "/proc/net/udp": "  sl  local_address\n",
  "/proc/net/udp6": "  sl  local_address\n",
  "/proc/1/status": "Name:\tsystemd\nUid:\t0\t0\t0\t0\n",
  "/proc/1/attr/current": "unconfined\n",
};

const searchPath = ["/usr/local/bin", "/usr/local/sbin", "/usr/bin", "/usr/sbin", "/usr/games", "/usr/local/games"];

const sshdTest = `port 22
permitrootlogin prohibit-password
permitemptypasswords no
disableforwarding no
usepam yes
maxauthtries 6
loglevel INFO
logingracetime 120
banner none
hostbasedauthentication no
ignorerhosts yes
maxsessions 10
maxstartups 10:30:100
ciphers chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com
kexalgorithms sntrup761x25519-sha512@openssh.com,curve25519-sha256
macs umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256
`;

/** What another machine has otherwise; a file that is null is not there. */
export interface Ubuntu24Change {
  readonly packages?: readonly DebPackage[];
  readonly units?: typeof units;
  readonly kernelParameters?: typeof kernelParameters;
  readonly files?: Readonly<Record<string, RecordedFile | null>>;
  readonly commands?: Readonly<Record<string, { readonly exitCode?: number; readonly stdout?: string }>>;
}

export const aptSimulation =
  "apt-get --simulate -o Debug::NoLocking=true -o APT::Cmd::Disable-Script-Warning=true --with-new-pkgs upgrade";

/** A server of Ubuntu 24.04 as it comes, with ufw switched on and little else done: live and booted. */
export function ubuntu24Machine(change: Ubuntu24Change = {}): RecordedMachine {
  const parameters = Object.entries(change.kernelParameters ?? kernelParameters).map(
    ([key, value]): [string, string] => [`/proc/sys/${key.replaceAll(".", "/")}`, `${value}\n`],
  );
  const here = change.units ?? units;
  const active = Object.keys(here).filter((unit) => here[unit]);
  const all: Readonly<Record<string, RecordedFile | null>> = {
    ...files,
    "/var/lib/dpkg/status": dpkgStatus(change.packages ?? installed),
    ...unitFiles(here),
    ...Object.fromEntries(parameters),
    ...change.files,
  };
  return recordingHost({
    osRelease: 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.1 LTS"\n',
    directories: ["/run/systemd/system", "/sys/class/net/ens3", "/root", ...searchPath],
    files: Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, RecordedFile] => entry[1] !== null),
    ),
    commands: {
      "systemctl list-units --all --full --plain --no-legend --no-pager": {
        stdout: ["systemd-journald.service", ...active]
          .map((unit) => `${unit} loaded active running ${unit}\n`)
          .join(""),
      },
      "sshd -T": { stdout: sshdTest },
      "ufw status verbose": {
        stdout: "Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n",
      },
      "iptables-save": { stdout: ufwRules },
      "ip6tables-save": { stdout: ufwRules },
      "nft -j list ruleset": { stdout: JSON.stringify({ nftables: [{ metainfo: { version: "1.0.9" } }] }) },
      [aptSimulation]: { stdout: "Reading package lists...\n" },
      ...change.commands,
    },
  });
}

/** The start of what ufw loads. */
const ufwRules = `*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-input - [0:0]
-A INPUT -j ufw-before-input
-A ufw-before-input -i lo -j ACCEPT
COMMIT
`;
