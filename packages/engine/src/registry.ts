import type { AnyResource } from "./resource.ts";
import { accountDb } from "./resources/account-db.ts";
import { aideRule } from "./resources/aide-rule.ts";
import { apparmor } from "./resources/apparmor.ts";
import { auditLogFiles } from "./resources/audit-log-files.ts";
import { auditPrivileged } from "./resources/audit-privileged.ts";
import { auditRule } from "./resources/audit-rule.ts";
import { auditdConf } from "./resources/auditd-conf.ts";
import { authselect } from "./resources/authselect.ts";
import { chrony } from "./resources/chrony.ts";
import { cronJob } from "./resources/cron-job.ts";
import { cryptoPolicy } from "./resources/crypto-policy.ts";
import { dconf } from "./resources/dconf.ts";
import { dconfLock } from "./resources/dconf-lock.ts";
import { faillock } from "./resources/faillock.ts";
import { file } from "./resources/file.ts";
import { firewallPortCoverage } from "./resources/firewall-port-coverage.ts";
import { firewalld } from "./resources/firewalld.ts";
import { fsWalk } from "./resources/fs-walk.ts";
import { grubPassword } from "./resources/grub-password.ts";
import { homeDirs } from "./resources/home-dirs.ts";
import { homeDotfiles } from "./resources/home-dotfiles.ts";
import { iniSetting } from "./resources/ini-setting.ts";
import { iptables } from "./resources/iptables.ts";
import { kernelCmdline } from "./resources/kernel-cmdline.ts";
import { kernelModule } from "./resources/kernel-module.ts";
import { limits } from "./resources/limits.ts";
import { listeningSocket } from "./resources/listening-socket.ts";
import { logFiles } from "./resources/log-files.ts";
import { loginDefs } from "./resources/login-defs.ts";
import { mailAgent } from "./resources/mail-agent.ts";
import { manual } from "./resources/manual.ts";
import { mount } from "./resources/mount.ts";
import { nftables, nftablesConfig } from "./resources/nftables.ts";
import { packageResource } from "./resources/package.ts";
import { packageDependents } from "./resources/package-dependents.ts";
import { packageUpdates } from "./resources/package-updates.ts";
import { packageVerify } from "./resources/package-verify.ts";
import { pam } from "./resources/pam.ts";
import { parameter } from "./resources/parameter.ts";
import { pathEnv } from "./resources/path-env.ts";
import { process } from "./resources/process.ts";
import { pwquality } from "./resources/pwquality.ts";
import { rsyslog } from "./resources/rsyslog.ts";
import { selinux } from "./resources/selinux.ts";
import { selinuxProcess } from "./resources/selinux-process.ts";
import { service } from "./resources/service.ts";
import { shadow } from "./resources/shadow.ts";
import { shellTimeout } from "./resources/shell-timeout.ts";
import { sshdSetting } from "./resources/sshd-setting.ts";
import { sudoers } from "./resources/sudoers.ts";
import { sysctl } from "./resources/sysctl.ts";
import { textMatch } from "./resources/text-match.ts";
import { tmpfiles } from "./resources/tmpfiles.ts";
import { ufw } from "./resources/ufw.ts";
import { umask } from "./resources/umask.ts";
import { useraddDefault } from "./resources/useradd-default.ts";
import { wireless } from "./resources/wireless.ts";

/** Every resource kind, in alphabetical order. */
export const resources: readonly AnyResource[] = [
  accountDb,
  aideRule,
  apparmor,
  auditLogFiles,
  auditPrivileged,
  auditRule,
  auditdConf,
  authselect,
  chrony,
  cronJob,
  cryptoPolicy,
  dconf,
  dconfLock,
  faillock,
  file,
  firewallPortCoverage,
  firewalld,
  fsWalk,
  grubPassword,
  homeDirs,
  homeDotfiles,
  iniSetting,
  iptables,
  kernelCmdline,
  kernelModule,
  limits,
  listeningSocket,
  logFiles,
  loginDefs,
  mailAgent,
  manual,
  mount,
  nftables,
  nftablesConfig,
  packageResource,
  packageDependents,
  packageUpdates,
  packageVerify,
  pam,
  parameter,
  pathEnv,
  process,
  pwquality,
  rsyslog,
  selinux,
  selinuxProcess,
  service,
  shadow,
  shellTimeout,
  sshdSetting,
  sudoers,
  sysctl,
  textMatch,
  tmpfiles,
  ufw,
  umask,
  useraddDefault,
  wireless,
];

const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

export function findResource(kind: string): AnyResource | null {
  return byKind.get(kind) ?? null;
}
