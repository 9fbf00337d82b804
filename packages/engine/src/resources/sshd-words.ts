/**
 * What sshd takes for keywords of which it knows every value; with any other, also in a line that does not count, it
 * does not start. In lower case. @see sshd_config(5)
 */
const words: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    addressfamily: "any inet inet6",
    allowstreamlocalforwarding: "yes all no local remote",
    allowtcpforwarding: "yes all no local remote",
    compression: "yes no delayed",
    fingerprinthash: "md5 sha256",
    gatewayports: "yes no clientspecified",
    ignorerhosts: "yes no shosts-only",
    loglevel: "quiet fatal error info verbose debug debug1 debug2 debug3",
    permitrootlogin: "yes no prohibit-password without-password forced-commands-only",
    permittunnel: "yes no point-to-point ethernet",
    syslogfacility: "daemon user auth authpriv local0 local1 local2 local3 local4 local5 local6 local7",
    ciphers: `3des-cbc aes128-cbc aes192-cbc aes256-cbc aes128-ctr aes192-ctr aes256-ctr aes128-gcm@openssh.com
      aes256-gcm@openssh.com chacha20-poly1305@openssh.com`,
    kexalgorithms: `curve25519-sha256 curve25519-sha256@libssh.org diffie-hellman-group-exchange-sha1
      diffie-hellman-group-exchange-sha256 diffie-hellman-group1-sha1 diffie-hellman-group14-sha1
      diffie-hellman-group14-sha256 diffie-hellman-group16-sha512 diffie-hellman-group18-sha512 ecdh-sha2-nistp256
      ecdh-sha2-nistp384 ecdh-sha2-nistp521 mlkem768x25519-sha256 sntrup761x25519-sha512
      sntrup761x25519-sha512@openssh.com`,
    macs: `hmac-md5 hmac-md5-96 hmac-sha1 hmac-sha1-96 hmac-sha2-256 hmac-sha2-512 umac-64@openssh.com
      umac-128@openssh.com hmac-md5-etm@openssh.com hmac-md5-96-etm@openssh.com hmac-sha1-etm@openssh.com
      hmac-sha1-96-etm@openssh.com hmac-sha2-256-etm@openssh.com hmac-sha2-512-etm@openssh.com
      umac-64-etm@openssh.com umac-128-etm@openssh.com`,
  }).map(([keyword, list]) => [keyword, new Set(list.split(/\s+/))]),
);

/** Whether sshd takes the word; true for keywords whose values are not all known here. */
export function isSshdWord(keyword: string, word: string): boolean {
  return words.get(keyword)?.has(word.toLowerCase()) ?? true;
}
