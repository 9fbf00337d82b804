import type { AnyResource } from "./resource.ts";
import { auditRule } from "./resources/audit-rule.ts";
import { auditdConf } from "./resources/auditd-conf.ts";
import { iniSetting } from "./resources/ini-setting.ts";
import { loginDefs } from "./resources/login-defs.ts";
import { sysctl } from "./resources/sysctl.ts";
import { useraddDefault } from "./resources/useradd-default.ts";

/** Every resource kind, in alphabetical order. */
export const resources: readonly AnyResource[] = [auditRule, auditdConf, iniSetting, loginDefs, sysctl, useraddDefault];

const byKind = new Map(resources.map((resource) => [resource.kind, resource]));

export function findResource(kind: string): AnyResource | null {
  return byKind.get(kind) ?? null;
}
