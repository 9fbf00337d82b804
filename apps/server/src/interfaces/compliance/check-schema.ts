import { Severity } from "@holdfast/contracts/severity";
import { type Static, Type } from "typebox";
import type { OrganisationCheck } from "../../features/checks/queries.ts";
import { CisLevel, TargetOs, targetOsOf, Uuid } from "./vocabulary.ts";

export const ComplianceCheck = Type.Object({
  id: Uuid,
  cis_id: Type.String(),
  cis_title: Type.String(),
  cis_description: Type.String(),
  cis_level: CisLevel,
  category: Type.String(),
  severity: Severity,
  target_os: TargetOs,
  enabled: Type.Boolean(),
  is_builtin: Type.Boolean(),
  remediation_guidance: Type.String(),
});
export type ComplianceCheck = Static<typeof ComplianceCheck>;

export function presentCheck(check: OrganisationCheck): ComplianceCheck {
  return {
    id: check.id,
    cis_id: check.number,
    cis_title: check.title,
    cis_description: check.description,
    cis_level: check.level === 1 ? "level_1" : "level_2",
    category: check.category,
    severity: check.severity,
    target_os: targetOsOf(check.osType),
    enabled: check.enabled,
    is_builtin: check.builtin,
    remediation_guidance: check.remediation,
  };
}
