/** How sshd reads the arguments of a keyword, and so how `sshd -T` prints them. */
export type SshdValueType =
  | "flag" // yes or no
  | "word" // one word of a small set, printed in lower case
  | "text" // one word, as it is
  | "upper" // one word, printed in upper case
  | "number"
  | "seconds"
  | "startups" // begin:rate:full, or begin alone
  | "algorithms" // a comma-separated list, "+", "-" and "^" change the default
  | "path" // a file, or none
  | "line" // the rest of the line as it is
  | "rekey" // bytes and seconds
  | "first" // all arguments of the first line
  | "every"; // the arguments of all lines

export interface SshdKeyword {
  /** As sshd_config(5) spells it. */
  readonly name: string;
  readonly type: SshdValueType;
  /**
   * What counts when nobody sets it, as `sshd -T` prints it, by the first release that has it; null: not printed. A
   * release before the first one does not know the keyword.
   */
  readonly defaults: readonly (readonly [since: string, value: string | null])[];
}

const kexClassic =
  "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521";
const kexGroups =
  "diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256";
const sntrup = "sntrup761x25519-sha512@openssh.com";
const kex: SshdKeyword["defaults"] = [
  ["8.7", `${kexClassic},${kexGroups}`],
  ["8.9", `${kexClassic},${sntrup},${kexGroups}`],
  ["9.0", `${sntrup},${kexClassic},${kexGroups}`],
  ["9.9", `sntrup761x25519-sha512,${sntrup},mlkem768x25519-sha256,${kexClassic},${kexGroups}`],
];

const ciphers: SshdKeyword["defaults"] = [
  [
    "8.7",
    "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com",
  ],
];

const macs: SshdKeyword["defaults"] = [
  [
    "8.7",
    "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1",
  ],
];

const certificateAlgorithms =
  "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com,rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com";
const plainKeyAlgorithms =
  "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-512,rsa-sha2-256";
const keyAlgorithms: SshdKeyword["defaults"] = [["8.7", `${certificateAlgorithms},${plainKeyAlgorithms}`]];
const signatureAlgorithms: SshdKeyword["defaults"] = [["8.7", plainKeyAlgorithms]];

/** Name, type, built-in default and the first release that has it (8.7 or earlier when not given). */
const rows: readonly (readonly [string, SshdValueType, string | null | SshdKeyword["defaults"], since?: string])[] = [
  ["AcceptEnv", "every", null],
  ["AddressFamily", "word", "any"],
  ["AllowAgentForwarding", "flag", "yes"],
  ["AllowGroups", "every", null],
  ["AllowStreamLocalForwarding", "word", "yes"],
  ["AllowTcpForwarding", "word", "yes"],
  ["AllowUsers", "every", null],
  ["AuthenticationMethods", "first", "any"],
  ["AuthorizedKeysCommand", "line", "none"],
  ["AuthorizedKeysCommandUser", "text", "none"],
  ["AuthorizedKeysFile", "first", ".ssh/authorized_keys .ssh/authorized_keys2"],
  ["AuthorizedPrincipalsCommand", "line", "none"],
  ["AuthorizedPrincipalsCommandUser", "text", "none"],
  ["AuthorizedPrincipalsFile", "path", "none"],
  ["Banner", "path", "none"],
  ["CASignatureAlgorithms", "algorithms", signatureAlgorithms],
  ["ChannelTimeout", "first", null, "9.2"],
  ["ChrootDirectory", "path", "none"],
  ["Ciphers", "algorithms", ciphers],
  ["ClientAliveCountMax", "number", "3"],
  ["ClientAliveInterval", "seconds", "0"],
  ["Compression", "word", "yes"],
  ["DenyGroups", "every", null],
  ["DenyUsers", "every", null],
  ["DisableForwarding", "flag", "no"],
  ["ExposeAuthInfo", "flag", "no"],
  ["FingerprintHash", "upper", "SHA256"],
  ["ForceCommand", "line", "none"],
  ["GatewayPorts", "word", "no"],
  ["GSSAPIAuthentication", "flag", "no"],
  ["GSSAPICleanupCredentials", "flag", "yes"],
  ["GSSAPIKeyExchange", "flag", "no"],
  ["GSSAPIStrictAcceptorCheck", "flag", "yes"],
  ["HostbasedAcceptedAlgorithms", "algorithms", keyAlgorithms],
  ["HostbasedAuthentication", "flag", "no"],
  ["HostbasedUsesNameFromPacketOnly", "flag", "no"],
  ["HostCertificate", "every", null],
  ["HostKey", "every", "/etc/ssh/ssh_host_rsa_key /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ed25519_key"],
  ["HostKeyAgent", "path", "none"],
  ["HostKeyAlgorithms", "algorithms", keyAlgorithms],
  ["IgnoreRhosts", "word", "yes"],
  ["IgnoreUserKnownHosts", "flag", "no"],
  ["IPQoS", "first", "lowdelay throughput"],
  ["KbdInteractiveAuthentication", "flag", "yes"],
  ["KerberosAuthentication", "flag", "no"],
  ["KerberosOrLocalPasswd", "flag", "yes"],
  ["KerberosTicketCleanup", "flag", "yes"],
  ["KexAlgorithms", "algorithms", kex],
  ["ListenAddress", "every", null],
  ["LoginGraceTime", "seconds", "120"],
  ["LogLevel", "upper", "INFO"],
  ["MACs", "algorithms", macs],
  ["MaxAuthTries", "number", "6"],
  ["MaxSessions", "number", "10"],
  ["MaxStartups", "startups", "10:30:100"],
  ["ModuliFile", "path", "/etc/ssh/moduli"],
  ["PasswordAuthentication", "flag", "yes"],
  ["PermitEmptyPasswords", "flag", "no"],
  ["PermitListen", "first", "any"],
  ["PermitOpen", "first", "any"],
  ["PermitRootLogin", "word", "without-password"],
  ["PermitTTY", "flag", "yes"],
  ["PermitTunnel", "word", "no"],
  ["PermitUserEnvironment", "text", "no"],
  ["PermitUserRC", "flag", "yes"],
  ["PerSourceMaxStartups", "word", "none"],
  ["PerSourceNetBlockSize", "text", "32:128"],
  ["PidFile", "path", "/run/sshd.pid"],
  ["Port", "every", "22"],
  ["PrintLastLog", "flag", "yes"],
  ["PrintMotd", "flag", "yes"],
  ["PubkeyAcceptedAlgorithms", "algorithms", keyAlgorithms],
  ["PubkeyAuthentication", "flag", "yes"],
  ["PubkeyAuthOptions", "first", "none"],
  ["RekeyLimit", "rekey", "0 0"],
  ["RequiredRSASize", "number", "1024", "9.1"],
  ["RevokedKeys", "path", "none"],
  ["SetEnv", "first", null],
  ["StreamLocalBindMask", "text", "0177"],
  ["StreamLocalBindUnlink", "flag", "no"],
  ["StrictModes", "flag", "yes"],
  ["Subsystem", "every", null],
  ["SyslogFacility", "upper", "AUTH"],
  ["TCPKeepAlive", "flag", "yes"],
  ["TrustedUserCAKeys", "path", "none"],
  ["UnusedConnectionTimeout", "seconds", "none", "9.2"],
  ["UseDNS", "flag", "no"],
  ["UsePAM", "flag", "no"],
  ["VersionAddendum", "line", "none"],
  ["X11DisplayOffset", "number", "10"],
  ["X11Forwarding", "flag", "no"],
  ["X11UseLocalhost", "flag", "yes"],
  ["XAuthLocation", "path", "/usr/bin/xauth"],
];

/** By lower-case name: the keywords of OpenSSH 8.7 to 9.9. @see sshd_config(5) */
export const sshdKeywords: ReadonlyMap<string, SshdKeyword> = new Map(
  rows.map(([name, type, byDefault, since = "8.7"]) => [
    name.toLowerCase(),
    { name, type, defaults: Array.isArray(byDefault) ? byDefault : [[since, byDefault]] },
  ]),
);

/** Those that a Match block may hold; only these take a `Match all` block's value over what stands before it. */
const matchable = new Set(
  [
    "AcceptEnv AllowAgentForwarding AllowGroups AllowStreamLocalForwarding AllowTcpForwarding AllowUsers",
    "AuthenticationMethods AuthorizedKeysCommand AuthorizedKeysCommandUser AuthorizedKeysFile",
    "AuthorizedPrincipalsCommand AuthorizedPrincipalsCommandUser AuthorizedPrincipalsFile Banner CASignatureAlgorithms",
    "ChannelTimeout ChrootDirectory ClientAliveCountMax ClientAliveInterval DenyGroups DenyUsers DisableForwarding",
    "ExposeAuthInfo ForceCommand GatewayPorts GSSAPIAuthentication HostbasedAcceptedAlgorithms HostbasedAuthentication",
    "HostbasedUsesNameFromPacketOnly IgnoreRhosts IPQoS KbdInteractiveAuthentication KerberosAuthentication LogLevel",
    "MaxAuthTries MaxSessions PasswordAuthentication PermitEmptyPasswords PermitListen PermitOpen PermitRootLogin",
    "PermitTTY PermitTunnel PermitUserRC PubkeyAcceptedAlgorithms PubkeyAuthentication PubkeyAuthOptions RekeyLimit",
    "RevokedKeys SetEnv StreamLocalBindMask StreamLocalBindUnlink TrustedUserCAKeys UnusedConnectionTimeout",
    "X11DisplayOffset X11Forwarding X11UseLocalhost",
  ].flatMap((names) => names.toLowerCase().split(" ")),
);

/** @see sshd_config(5), "Match" */
export function isMatchable(key: string): boolean {
  return matchable.has(key);
}

/** Whether the last value wins, against the rule of sshd_config(5): so it was for these until OpenSSH 10.3. */
export function isLastValueUsed(key: string): boolean {
  return key === "maxstartups" || key === "ipqos" || key === "persourcenetblocksize";
}

const aliases: ReadonlyMap<string, string> = new Map([
  ["challengeresponseauthentication", "kbdinteractiveauthentication"],
  ["skeyauthentication", "kbdinteractiveauthentication"],
  ["dsaauthentication", "pubkeyauthentication"],
  ["hostbasedacceptedkeytypes", "hostbasedacceptedalgorithms"],
  ["hostdsakey", "hostkey"],
  ["keepalive", "tcpkeepalive"],
  ["pubkeyacceptedkeytypes", "pubkeyacceptedalgorithms"],
]);

/** The name `sshd -T` has for a keyword: lower case, old names replaced. */
export function canonicalKeyword(keyword: string): string {
  const name = keyword.toLowerCase();
  return aliases.get(name) ?? name;
}

/** The built-in default in a release such as "9.2"; null when there is none. Releases out of range count as the nearest. */
export function defaultInRelease(keyword: SshdKeyword, release: string): string | null {
  const known = keyword.defaults.findLast(([since]) => compareReleases(since, release) <= 0);
  if (known !== undefined) return known[1];
  const [oldest] = keyword.defaults;
  return oldest !== undefined && oldest[0] === "8.7" ? oldest[1] : null;
}

/** Negative, zero or positive, as `a` is older, the same or newer. */
export function compareReleases(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
