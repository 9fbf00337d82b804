import { type RecordedFile, type RecordedMachine, recordingHost } from "../hosts/recording.ts";

/** What `rpm -qa` is asked for. */
const rpmQuery = "rpm -qa --qf %{NAME}\\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\\n";
export const rpmVerify =
  "rpm --verify --all --nodeps --noscripts --nosignature --nodigest --nomtime --nolinkto --nordev --nofiledigest --nosize";
export const dnfCheck = "dnf --cacheonly --quiet --color=never check-update";
const listUnits = "systemctl list-units --all --full --plain --no-legend --no-pager";

const packages = [
  "aide 0.16-100.el9",
  "audit 3.1.2-2.el9",
  "audit-libs 3.1.2-2.el9",
  "authselect 1.2.6-2.el9",
  "chrony 4.5-1.el9",
  "cronie 1.5.7-11.el9",
  "firewalld 1.3.4-1.el9",
  "grub2-common 1:2.06-77.el9",
  "libpwquality 1.4.4-8.el9",
  "libselinux 3.6-1.el9",
  "mcstrans 3.6-1.el9",
  "nftables 1:1.0.9-1.el9",
  "openssh-server 8.7p1-38.el9",
  "pam 1.5.1-15.el9",
  "rsyslog 8.2310.0-4.el9",
  "sudo 1.9.5p2-10.el9",
  "systemd-journal-remote 252-32.el9",
  "telnet-server 1:0.17-85.el9",
];

/** Unit, its [Install], and whether it is enabled and active. */
const units: readonly (readonly [unit: string, enabled: boolean])[] = [
  ["auditd.service", true],
  ["chronyd.service", true],
  ["crond.service", true],
  ["firewalld.service", true],
  ["nftables.service", false],
  ["rsyslog.service", true],
  ["sshd.service", true],
  ["telnet.socket", true],
  ["systemd-journal-upload.service", false],
];

function unitFiles(here: typeof units): Record<string, RecordedFile> {
  return Object.fromEntries(
    here.flatMap(([unit, enabled]): [string, RecordedFile][] => {
      const target = unit.endsWith(".socket") ? "sockets.target" : "multi-user.target";
      const path = `/usr/lib/systemd/system/${unit}`;
      const link = `/etc/systemd/system/${target}.wants/${unit}`;
      return [
        [path, `[Unit]\nDescription=${unit}\n[Install]\nWantedBy=${target}\n`],
        ...(enabled ? ([[link, { linkTo: path }]] satisfies [string, RecordedFile][]) : []),
      ];
    }),
  );
}

function activeUnits(here: typeof units): string {
  return ["systemd-journald.service", ...here.filter(([, on]) => on).map(([unit]) => unit)]
    .map((unit) => `${unit} loaded active running ${unit}\n`)
    .join("");
}

/** As authselect writes it for sssd with-faillock and without-nullok, and pam_pwhistory from a profile of the site's. */
const authStack = `auth        required                                     pam_env.so
auth        required                                     pam_faillock.so preauth silent
auth        sufficient                                   pam_unix.so
auth        required                                     pam_faillock.so authfail
auth        required                                     pam_deny.so
account     required                                     pam_faillock.so
account     required                                     pam_unix.so
password    requisite                                    pam_pwquality.so local_users_only
password    requisite                                    pam_pwhistory.so use_authtok
password    sufficient                                   pam_unix.so yescrypt shadow use_authtok
password    required                                     pam_deny.so
session     required                                     pam_limits.so
session     required                                     pam_unix.so
`;

const hash = "$6$salt$0123456789abcdef";

const kernelParameters: Readonly<Record<string, string>> = {
  "net.ipv4.ip_forward": "0",
  "net.ipv6.conf.all.forwarding": "0",
  "net.ipv6.conf.all.disable_ipv6": "0",
  "net.ipv4.conf.all.accept_redirects": "1",
  "net.ipv4.tcp_syncookies": "1",
  "kernel.randomize_va_space": "2",
  "kernel.yama.ptrace_scope": "0",
};

const sshdTest = `port 22
permitrootlogin no
permitemptypasswords no
x11forwarding yes
disableforwarding no
usepam yes
maxauthtries 4
maxsessions 10
maxstartups 10:30:60
clientaliveinterval 15
clientalivecountmax 3
ignorerhosts yes
hostbasedauthentication no
gssapiauthentication yes
permituserenvironment no
loglevel INFO
logingracetime 60
banner /etc/issue.net
allowgroups wheel
ciphers aes256-gcm@openssh.com,aes256-ctr,aes128-gcm@openssh.com,aes128-ctr
macs hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com
kexalgorithms curve25519-sha256,ecdh-sha2-nistp256
`;

const zoneTrusted = `<?xml version="1.0" encoding="utf-8"?>
<zone target="ACCEPT">
  <short>Trusted</short>
  <interface name="lo"/>
  <rule family="ipv4"><source address="127.0.0.1"/><destination address="127.0.0.1" invert="True"/><drop/></rule>
  <rule family="ipv6"><source address="::1"/><destination address="::1" invert="True"/><drop/></rule>
</zone>
`;
const allZones = `public (active)
  target: default
  interfaces: eth0
  sources: 
  services: cockpit dhcpv6-client ssh
  ports: 
  rich rules: 

trusted (active)
  target: ACCEPT
  interfaces: lo
  sources: 
  services: 
  ports: 
  rich rules: 
	rule family="ipv4" source address="127.0.0.1" destination NOT address="127.0.0.1" drop
	rule family="ipv6" source address="::1" destination NOT address="::1" drop
`;

const currentPolicy = `# Policy DEFAULT:NO-SHA1 dump
# Baseline values for all scopes:
cipher = AES-256-GCM AES-256-CCM CHACHA20-POLY1305 AES-256-CTR AES-256-CBC
hash = SHA2-256 SHA2-384 SHA2-512 SHA3-256
mac = AEAD HMAC-SHA2-256 HMAC-SHA1 UMAC-128 HMAC-SHA2-384 HMAC-SHA2-512
sha1_in_certs = 0
sign = ECDSA-SHA3-256 ECDSA-SHA2-256 RSA-PSS-SHA2-256
# Scope-specific properties derived for select backends:
cipher@libssh = AES-256-GCM CHACHA20-POLY1305 AES-256-CTR
cipher@openssh-server = AES-256-GCM CHACHA20-POLY1305 AES-256-CTR
`;

const grubMenu = `if [ -f \${prefix}/user.cfg ]; then
  source \${prefix}/user.cfg
  if [ -n "\${GRUB2_PASSWORD}" ]; then
    set superusers="root"
    export superusers
    password_pbkdf2 root \${GRUB2_PASSWORD}
  fi
fi
blscfg
`;

const profile = `pathmunge () {
    case ":\${PATH}:" in
        *:"$1":*) ;;
        *) PATH=$1:$PATH ;;
    esac
}
`;

const files: Readonly<Record<string, RecordedFile>> = {
  "/etc/passwd": `root:x:0:0:root:/root:/bin/bash
bin:x:1:1:bin:/bin:/sbin/nologin
sshd:x:74:74:sshd:/usr/share/empty.sshd:/usr/sbin/nologin
ann:x:1000:1000::/home/ann:/bin/bash
`,
  "/etc/group": "root:x:0:\nbin:x:1:\nwheel:x:10:ann\nssh_keys:x:101:\nsshd:x:74:\nsugroup:x:990:\nann:x:1000:\n",
  "/etc/shadow": {
    text: `root:${hash}:19700:0:99999:7:::\nbin:*:19600:0:99999:7:::\nsshd:!!:19600::::::\nann:${hash}:19700:1:365:7:45::\n`,
    mode: 0,
  },
  "/etc/gshadow": { text: "root:::\nwheel:::ann\nann:!::\n", mode: 0o640 },
  "/etc/shells": "/bin/sh\n/bin/bash\n/usr/bin/sh\n/usr/bin/bash\n",
  "/home/ann/.bashrc": { text: "", uid: 1000, gid: 1000 },
  "/home/ann": { type: "directory", uid: 1000, gid: 1000, mode: 0o700 },
  "/root": { type: "directory", mode: 0o550 },
  "/etc/login.defs":
    "PASS_MAX_DAYS 365\nPASS_MIN_DAYS 1\nPASS_WARN_AGE 7\nENCRYPT_METHOD SHA512\nUID_MIN 1000\nUMASK 022\n",
  "/etc/default/useradd": "INACTIVE=45\n",
  "/etc/libuser.conf": "[defaults]\ncrypt_style = sha512\n",
  "/etc/pam.d/system-auth": authStack,
  "/etc/pam.d/password-auth": authStack,
  "/etc/pam.d/sshd": "auth substack password-auth\naccount include password-auth\n",
  "/etc/pam.d/su": "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid group=sugroup\n",
  "/etc/security/faillock.conf": "deny = 5\nunlock_time = 900\n",
  "/etc/security/pwquality.conf": "minlen = 14\ndifok = 2\nmaxrepeat = 3\n",
  "/etc/security/pwhistory.conf": "enforce_for_root\nremember = 24\n",
  "/etc/authselect/authselect.conf": "custom/site\nwith-faillock\nwithout-nullok\n",
  "/etc/authselect/custom/site/system-auth": authStack,
  "/etc/authselect/custom/site/password-auth": authStack,
  "/etc/ssh/sshd_config": { text: "Include /etc/ssh/sshd_config.d/*.conf\n", mode: 0o600 },
  "/etc/ssh/sshd_config.d/50-redhat.conf": { text: "UsePAM yes\n", mode: 0o600 },
  "/etc/ssh/ssh_host_ed25519_key": { text: "k\n", mode: 0o640, gid: 101 },
  "/etc/ssh/ssh_host_ed25519_key.pub": "k\n",
  "/etc/sudoers": {
    text: 'Defaults use_pty\nDefaults logfile="/var/log/sudo.log"\nroot ALL=(ALL) ALL\n%wheel ALL=(ALL) NOPASSWD: ALL\n',
    mode: 0o440,
  },
  "/etc/audit/auditd.conf": {
    text: "log_file = /var/log/audit/audit.log\nmax_log_file = 8\nmax_log_file_action = ROTATE\ndisk_full_action = HALT\ndisk_error_action = HALT\n",
    mode: 0o640,
  },
  "/etc/audit/rules.d/50-site.rules": {
    text: "-w /etc/sudoers -p wa -k scope\n-w /etc/sudoers.d -p wa -k scope\n-w /etc/selinux -p wa -k mac\n-w /usr/share/selinux -p wa -k mac\n",
    mode: 0o640,
  },
  "/etc/audit/rules.d/99-finalize.rules": { text: "-e 2\n", mode: 0o640 },
  "/var/log/audit": { type: "directory", mode: 0o700 },
  "/var/log/audit/audit.log": { text: "", mode: 0o600 },
  "/boot/grub2/grub.cfg": { text: grubMenu, mode: 0o600 },
  "/boot/grub2/grubenv": {
    text: "# GRUB Environment Block\nkernelopts=root=/dev/mapper/rhel-root ro audit=1\n",
    mode: 0o644,
  },
  "/boot/grub2/user.cfg": { text: "GRUB2_PASSWORD=grub.pbkdf2.sha512.10000.AB.CD\n", mode: 0o600 },
  "/boot/loader/entries/0123-5.14.0-427.el9.x86_64.conf":
    "title Red Hat Enterprise Linux\nlinux /vmlinuz-5.14.0-427.el9.x86_64\noptions $kernelopts audit_backlog_limit=8192\n",
  "/boot/loader/entries/0123-0-rescue.conf":
    "title Red Hat Enterprise Linux (rescue)\nlinux /vmlinuz-0-rescue\noptions $kernelopts\n",
  "/proc/cmdline": "BOOT_IMAGE=/vmlinuz root=/dev/mapper/rhel-root ro audit=1 audit_backlog_limit=8192\n",
  "/etc/selinux/config": "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
  "/sys/fs/selinux/enforce": "0",
  "/sys/fs/selinux/policyvers": "33",
  "/etc/crypto-policies/config": "DEFAULT:NO-SHA1\n",
  "/etc/crypto-policies/state/current": "DEFAULT:NO-SHA1\n",
  "/etc/crypto-policies/state/CURRENT.pol": currentPolicy,
  "/etc/sysconfig/sshd": "# CRYPTO_POLICY=\n",
  "/etc/sysconfig/chronyd": 'OPTIONS="-F 2"\n',
  "/etc/chrony.conf": "pool 2.rhel.pool.ntp.org iburst\nuser chrony\n",
  "/etc/dnf/dnf.conf": "[main]\ngpgcheck=1\nclean_requirements_on_remove=True\n",
  "/etc/yum.repos.d/redhat.repo": "[rhel-9-baseos]\nname=BaseOS\ngpgcheck=1\nenabled=1\n",
  "/etc/yum.repos.d/lab.repo": "[lab]\nname=Lab\ngpgcheck = 0\n",
  "/etc/systemd/coredump.conf": "[Coredump]\nStorage=none\n#ProcessSizeMax=2G\n",
  "/etc/systemd/journald.conf": "[Journal]\nStorage=persistent\n",
  "/usr/lib/systemd/system/systemd-journald.service": "[Service]\nExecStart=/usr/lib/systemd/systemd-journald\n",
  "/usr/lib/tmpfiles.d/systemd.conf": "z /var/log/journal/%m/system.journal 0640 root systemd-journal - -\n",
  "/etc/rsyslog.conf": 'module(load="imjournal")\n*.info /var/log/messages\n',
  "/etc/crontab": { text: "", mode: 0o600 },
  "/etc/cron.hourly": { type: "directory", mode: 0o700 },
  "/etc/cron.daily": { type: "directory", mode: 0o755 },
  "/etc/cron.d/aide": "0 5 * * * root /usr/sbin/aide --check\n",
  "/etc/cron.allow": { text: "root\n", mode: 0o600 },
  "/etc/aide.conf": "/etc CONTENT_EX\n",
  "/var/lib/aide/aide.db.gz": "",
  "/etc/issue": "Authorised users only.\n",
  "/etc/issue.net": "Authorised users only.\n",
  "/etc/firewalld/firewalld.conf": "DefaultZone=public\n",
  "/etc/firewalld/zones/public.xml": '<zone><interface name="eth0"/><service name="ssh"/></zone>\n',
  "/etc/firewalld/zones/trusted.xml": zoneTrusted,
  "/etc/profile": profile,
  "/etc/bashrc": "umask 022\n",
  "/etc/profile.d/timeout.sh": "TMOUT=900\nreadonly TMOUT\nexport TMOUT\n",
  "/etc/modprobe.d/cramfs.conf": "install cramfs /bin/false\nblacklist cramfs\n",
  "/lib/modules/5.14.0-427.el9.x86_64/kernel/fs/cramfs/cramfs.ko.xz": "",
  "/lib/modules/5.14.0-427.el9.x86_64/kernel/fs/squashfs/squashfs.ko.xz": "",
  "/lib/modules/5.14.0-427.el9.x86_64/modules.builtin": "",
  "/proc/modules": "squashfs 73728 0 - Live 0x0\nxfs 2191360 2 - Live 0x0\n",
  "/proc/sys/kernel/osrelease": "5.14.0-427.el9.x86_64\n",
  "/proc/sys/kernel/ostype": "Linux\n",
  "/etc/fstab": "/dev/mapper/rhel-root / xfs defaults 0 0\ntmpfs /tmp tmpfs rw,nosuid,nodev 0 0\n",
  "/proc/self/mountinfo": [
    "21 1 253:0 / / rw,relatime shared:1 - xfs /dev/mapper/rhel-root rw",
    "22 21 0:22 / /dev/shm rw,nosuid,nodev shared:2 - tmpfs tmpfs rw",
    "23 21 0:23 / /tmp rw,nosuid,nodev shared:3 - tmpfs tmpfs rw",
    "",
  ].join("\n"),
  "/proc/self/mounts": [
    "/dev/mapper/rhel-root / xfs rw,relatime 0 0",
    "tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0",
    "tmpfs /tmp tmpfs rw,nosuid,nodev 0 0",
    "",
  ].join("\n"),
  "/proc/net/tcp":
    "  sl  local_address rem_address   st\n   0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1\n",
  "/proc/net/tcp6": "  sl  local_address\n",
  "/proc/net/udp": "  sl  local_address\n",
  "/proc/net/udp6": "  sl  local_address\n",
  "/usr/bin/passwd": { text: "", mode: 0o4755 },
  "/usr/sbin/auditctl": { text: "", mode: 0o755 },
  "/usr/sbin/augenrules": { text: "", mode: 0o775 },
  "/usr/local/bin": { type: "directory" },
  "/usr/local/sbin": { type: "directory" },
  "/bin": { linkTo: "usr/bin" },
  "/sbin": { linkTo: "usr/sbin" },
  "/srv/drop": { text: "", mode: 0o666 },
  "/var/lib/old": { text: "", uid: 4711 },
  "/proc/1/status": "Name:\tsystemd\nUid:\t0\t0\t0\t0\n",
  "/proc/1/attr/current": "system_u:system_r:init_t:s0\0",
};

/** What another machine has otherwise; a file that is null is not there. */
export interface Rhel9Change {
  readonly osRelease?: string;
  readonly packages?: readonly string[];
  readonly units?: typeof units;
  readonly files?: Readonly<Record<string, RecordedFile | null>>;
  readonly commands?: Readonly<Record<string, { readonly exitCode?: number; readonly stdout?: string }>>;
}

/**
 * A server of RHEL 9.4 that somebody began to harden and did not finish: a live machine that has booted, with the files,
 * units and answers of programs that the benchmark looks at.
 */
export function rhel9Machine(change: Rhel9Change = {}): RecordedMachine {
  const parameters = Object.entries(kernelParameters).map(([key, value]) => [
    `/proc/sys/${key.replaceAll(".", "/")}`,
    `${value}\n`,
  ]);
  const here = change.units ?? units;
  const all: Readonly<Record<string, RecordedFile | null>> = {
    ...files,
    ...unitFiles(here),
    ...Object.fromEntries(parameters),
    "/etc/sysctl.d/60-hardening.conf": Object.entries(kernelParameters)
      .map(([key, value]) => `${key} = ${value}\n`)
      .join(""),
    ...change.files,
  };
  return recordingHost({
    osRelease: change.osRelease ?? 'NAME="Red Hat Enterprise Linux"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\n',
    directories: ["/var/lib/rpm", "/run/systemd/system", "/sys/class/net/eth0"],
    files: Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, RecordedFile] => entry[1] !== null),
    ),
    commands: {
      [rpmQuery]: {
        stdout: (change.packages ?? packages).map((line) => `${line.replace(" ", "\t")}\n`).join(""),
      },
      [listUnits]: { stdout: activeUnits(here) },
      "sshd -T": { stdout: sshdTest },
      "auditctl -l": {
        stdout: "-w /etc/sudoers -p wa -k scope\n-w /etc/sudoers.d -p wa -k scope\n-w /etc/selinux -p wa -k mac\n",
      },
      "nft -j list ruleset": { stdout: '{"nftables":[{"metainfo":{"version":"1.0.9"}}]}' },
      "firewall-cmd --list-all-zones": { stdout: allZones },
      [rpmVerify]: { exitCode: 1, stdout: ".M.......    /usr/sbin/augenrules\n" },
      [dnfCheck]: {
        exitCode: 100,
        stdout: "\nopenssl.x86_64  1:3.0.7-28.el9_4  rhel-9-baseos\n",
      },
      ...change.commands,
    },
  });
}
