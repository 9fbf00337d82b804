import * as administration from "@holdfast/contracts/administration";
import * as finding from "@holdfast/contracts/finding";
import * as ownApi from "@holdfast/contracts/own-api";
import * as plan from "@holdfast/contracts/plan";
import * as platform from "@holdfast/contracts/platform";
import * as severity from "@holdfast/contracts/severity";
import * as remediation from "../features/remediations/present.ts";
import * as imported from "../features/results/imported-findings.ts";
import * as baseline from "../interfaces/cis/baseline-schema.ts";
import * as cisFinding from "../interfaces/cis/finding-schema.ts";
import * as cisPaging from "../interfaces/cis/paging.ts";
import * as cisResult from "../interfaces/cis/result-schema.ts";
import * as complianceCheck from "../interfaces/compliance/check-schema.ts";
import * as complianceException from "../interfaces/compliance/exception-schema.ts";
import * as compliancePolicy from "../interfaces/compliance/policy-schema.ts";
import * as complianceResult from "../interfaces/compliance/result-schema.ts";
import * as complianceStatistic from "../interfaces/compliance/statistic-schema.ts";
import * as vocabulary from "../interfaces/compliance/vocabulary.ts";

const modules: readonly object[] = [
  ownApi,
  administration,
  finding,
  plan,
  platform,
  severity,
  remediation,
  imported,
  baseline,
  cisFinding,
  cisPaging,
  cisResult,
  complianceCheck,
  complianceException,
  compliancePolicy,
  complianceResult,
  complianceStatistic,
  vocabulary,
];

/** Schemas by the names they are exported with; of two with one name, the first has it. */
export function exportedNames(): ReadonlyMap<object, string> {
  const names = new Map<object, string>();
  const taken = new Set<string>();
  for (const module of modules) {
    for (const [name, value] of Object.entries(module) as [string, unknown][]) {
      if (!isShape(value) || taken.has(name) || names.has(value)) continue;
      names.set(value, name);
      taken.add(name);
    }
  }
  return names;
}

/** Whether a value is a schema that deserves a name: a set of members, alternatives or words. */
export function isShape(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  return ("type" in value && value.type === "object") || "anyOf" in value || "allOf" in value || "enum" in value;
}
