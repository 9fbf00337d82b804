import type { Expectation } from "@holdfast/content/expression";
import { canonicalJson } from "@holdfast/contracts/json";
import { accountDbCandidates, shadowCandidates } from "./account-candidates.ts";
import { auditRuleCandidates } from "./audit-candidates.ts";
import { type Candidate, type Candidates, membersOf } from "./candidate.ts";
import {
  aideRuleCandidates,
  chronyCandidates,
  cronJobCandidates,
  rsyslogCandidates,
  tmpfilesCandidates,
} from "./daemon-candidates.ts";
import { fileCandidates, manualCandidates, textMatchCandidates } from "./file-candidates.ts";
import { firewalldCandidates, ufwCandidates } from "./front-end-candidates.ts";
import { auditLogFilesCandidates, homeDirsCandidates, homeDotfilesCandidates } from "./home-candidates.ts";
import {
  iptablesCandidates,
  listeningSocketCandidates,
  mailAgentCandidates,
  nftablesCandidates,
  portCoverageCandidates,
  wirelessCandidates,
} from "./network-candidates.ts";
import { pamCandidates } from "./pam-candidates.ts";
import {
  authselectCandidates,
  cryptoPolicyCandidates,
  selinuxCandidates,
  selinuxProcessCandidates,
} from "./red-hat-candidates.ts";
import { combinedCandidates } from "./same-address.ts";
import {
  activeValue,
  kernelCmdlineCandidates,
  singleValue,
  sudoersCandidates,
  sysctlCandidates,
} from "./setting-candidates.ts";
import {
  apparmorCandidates,
  countCandidates,
  dconfCandidates,
  dconfLockCandidates,
  grubPasswordCandidates,
  parameterCandidates,
  pathEnvCandidates,
  processCandidates,
} from "./software-candidates.ts";
import { sshdSettingCandidates } from "./sshd-candidates.ts";
import { auditPrivilegedCandidates, fsWalkCandidates, logFilesCandidates } from "./survey-candidates.ts";
import {
  kernelModuleCandidates,
  mountCandidates,
  packageCandidates,
  packageDependentsCandidates,
  serviceCandidates,
} from "./unit-candidates.ts";

const byKind: Readonly<Record<string, Candidates>> = {
  account_db: accountDbCandidates,
  aide_rule: aideRuleCandidates,
  apparmor: apparmorCandidates,
  audit_log_files: auditLogFilesCandidates,
  audit_privileged: auditPrivilegedCandidates,
  audit_rule: auditRuleCandidates,
  auditd_conf: singleValue("/etc/audit/auditd.conf:7"),
  authselect: authselectCandidates,
  chrony: chronyCandidates,
  cron_job: cronJobCandidates,
  crypto_policy: cryptoPolicyCandidates,
  dconf: dconfCandidates,
  dconf_lock: dconfLockCandidates,
  faillock: activeValue("/etc/security/faillock.conf:3"),
  file: fileCandidates,
  firewall_port_coverage: portCoverageCandidates,
  firewalld: firewalldCandidates,
  fs_walk: fsWalkCandidates,
  grub_password: grubPasswordCandidates,
  home_dirs: homeDirsCandidates,
  home_dotfiles: homeDotfilesCandidates,
  ini_setting: (desired, expectation) =>
    singleValue(`${String(membersOf(expectation.target)["path"])}:4`)(desired, expectation),
  iptables: iptablesCandidates,
  kernel_cmdline: kernelCmdlineCandidates,
  kernel_module: kernelModuleCandidates,
  listening_socket: listeningSocketCandidates,
  log_files: logFilesCandidates,
  login_defs: singleValue("/etc/login.defs:20"),
  mail_agent: mailAgentCandidates,
  manual: manualCandidates,
  mount: mountCandidates,
  nftables: nftablesCandidates,
  nftables_config: nftablesCandidates,
  package: packageCandidates,
  package_dependents: packageDependentsCandidates,
  package_updates: countCandidates("pending_max", { manager: "apt" }, "pending", "package"),
  package_verify: countCandidates("differences_max", {}, "differing", "/usr/share/file"),
  pam: pamCandidates,
  parameter: parameterCandidates,
  path_env: pathEnvCandidates,
  process: processCandidates,
  pwquality: activeValue("/etc/security/pwquality.conf.d/50-hardening.conf:1"),
  rsyslog: rsyslogCandidates,
  selinux: selinuxCandidates,
  selinux_process: selinuxProcessCandidates,
  service: serviceCandidates,
  shadow: shadowCandidates,
  sshd_setting: sshdSettingCandidates,
  sudoers: sudoersCandidates,
  sysctl: sysctlCandidates,
  text_match: textMatchCandidates,
  tmpfiles: tmpfilesCandidates,
  ufw: ufwCandidates,
  useradd_default: singleValue("/etc/default/useradd:5"),
  wireless: wirelessCandidates,
};

/** The states to try for every address of some expectations; none for kinds that nobody has made states up for. */
export function candidatesByAddress(expectations: Iterable<Expectation>): Map<string, readonly Candidate[]> {
  const byAddress = new Map<string, Expectation[]>();
  for (const expectation of expectations)
    byAddress.set(expectation.address, [...(byAddress.get(expectation.address) ?? []), expectation]);
  return new Map(
    [...byAddress].map(([address, there]) => {
      const made = there.map((expectation) => [
        ...(byKind[expectation.kind]?.(membersOf(expectation.desired), expectation) ?? []),
      ]);
      return [address, distinct([...combinedCandidates(there, made), ...made.flat()])];
    }),
  );
}

function distinct(candidates: readonly Candidate[]): Candidate[] {
  const byState = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const text = canonicalJson(candidate.state);
    if (!byState.has(text)) byState.set(text, candidate);
  }
  return [...byState.values()];
}
