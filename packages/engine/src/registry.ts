import type { AnyResource } from "./resource.ts";
import { accountDb } from "./resources/account-db.ts";
import { auditLogFiles } from "./resources/audit-log-files.ts";
import { auditPrivileged } from "./resources/audit-privileged.ts";
import { auditRule } from "./resources/audit-rule.ts";
import { auditdConf } from "./resources/auditd-conf.ts";
import { faillock } from "./resources/faillock.ts";
import { file } from "./resources/file.ts";
import { firewallPortCoverage } from "./resources/firewall-port-coverage.ts";
import { firewalld } from "./resources/firewalld.ts";
import { fsWalk } from "./resources/fs-walk.ts";
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
import { pam } from "./resources/pam.ts";
import { pwquality } from "./resources/pwquality.ts";
import { service } from "./resources/service.ts";
import { shadow } from "./resources/shadow.ts";
import { shellTimeout } from "./resources/shell-timeout.ts";
import { sshdSetting } from "./resources/sshd-setting.ts";
import { sudoers } from "./resources/sudoers.ts";
import { sysctl } from "./resources/sysctl.ts";
import { textMatch } from "./resources/text-match.ts";
import { ufw } from "./resources/ufw.ts";
import { umask } from "./resources/umask.ts";
import { useraddDefault } from "./resources/useradd-default.ts";
import { wireless } from "./resources/wireless.ts";

/** Every resource kind, in alphabetical order. */
export const resources: readonly AnyResource[] = [
  accountDb,
  auditLogFiles,
  auditPrivileged,
  auditRule,
  auditdConf,
  faillock,
  file,
  firewallPortCoverage,
  firewalld,
  fsWalk,
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
  pam,
  pwquality,
  service,
  shadow,
  shellTimeout,
  sshdSetting,
  sudoers,
  sysctl,
  textMatch,
  ufw,
  umask,
  useraddDefault,
  wireless,
];

const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

export function findResource(kind: string): AnyResource | null {
  return byKind.get(kind) ?? null;
}
