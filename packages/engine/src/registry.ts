import type { AnyResource } from "./resource.ts";
import { accountDb } from "./resources/account-db.ts";
import { auditLogFiles } from "./resources/audit-log-files.ts";
import { auditRule } from "./resources/audit-rule.ts";
import { auditdConf } from "./resources/auditd-conf.ts";
import { faillock } from "./resources/faillock.ts";
import { file } from "./resources/file.ts";
import { homeDirs } from "./resources/home-dirs.ts";
import { homeDotfiles } from "./resources/home-dotfiles.ts";
import { iniSetting } from "./resources/ini-setting.ts";
import { kernelCmdline } from "./resources/kernel-cmdline.ts";
import { kernelModule } from "./resources/kernel-module.ts";
import { limits } from "./resources/limits.ts";
import { loginDefs } from "./resources/login-defs.ts";
import { manual } from "./resources/manual.ts";
import { mount } from "./resources/mount.ts";
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
import { umask } from "./resources/umask.ts";
import { useraddDefault } from "./resources/useradd-default.ts";

/** Every resource kind, in alphabetical order. */
export const resources: readonly AnyResource[] = [
  accountDb,
  auditLogFiles,
  auditRule,
  auditdConf,
  faillock,
  file,
  homeDirs,
  homeDotfiles,
  iniSetting,
  kernelCmdline,
  kernelModule,
  limits,
  loginDefs,
  manual,
  mount,
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
  umask,
  useraddDefault,
];

const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

export function findResource(kind: string): AnyResource | null {
  return byKind.get(kind) ?? null;
}
