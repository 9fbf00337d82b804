import { expectationsOf } from "@holdfast/content/expression";
import type { Check } from "@holdfast/content/pack";
import { Severity } from "@holdfast/contracts/severity";
import type { FindingStatus } from "@holdfast/contracts/verdict";
import { findResource } from "@holdfast/engine/registry";
import { type Static, Type } from "typebox";
import type { ReadFinding } from "../../features/results/read-findings.ts";
import { Time, Uuid } from "./paging.ts";

const FindingRemediation = Type.Object({
  action: Type.String({ description: "What to do by hand." }),
  commandType: Type.String({
    description: 'The kinds of settings that are changed, e.g. "sysctl"; "manual", or "none".',
  }),
  payload: Type.Unknown({ description: "The check and the settings it wants." }),
  rollbackHint: Type.String(),
});
type FindingRemediation = Static<typeof FindingRemediation>;

export const BaselineFinding = Type.Object({
  checkId: Type.String(),
  title: Type.String(),
  severity: Severity,
  status: Type.Enum(["pass", "fail", "not_applicable", "error"]),
  evidence: Type.Unknown({ description: "What was expected, what was found and where." }),
  remediation: FindingRemediation,
  message: Type.String(),
  exception: Type.Optional(
    Type.Object({ id: Uuid, reason: Type.String(), expiresAt: Type.Union([Time, Type.Null()]) }),
  ),
});
export type BaselineFinding = Static<typeof BaselineFinding>;

const statusWord: Readonly<Record<FindingStatus, BaselineFinding["status"]>> = {
  pass: "pass",
  fail: "fail",
  error: "error",
  not_applicable: "not_applicable",
  manual: "not_applicable",
  not_ported: "not_applicable",
};

export function presentFinding({ finding, check, exception, imported }: ReadFinding): BaselineFinding {
  const { checkId, title, severity, status, evidence, message } = finding;
  return {
    checkId,
    title,
    severity,
    status: statusWord[status],
    evidence: imported?.evidence ?? presentEvidence(evidence),
    remediation: recommended(finding, check),
    message: status === "manual" ? "manual" : message,
    ...(exception === null
      ? {}
      : {
          exception: {
            id: exception.id,
            reason: exception.reason,
            expiresAt: exception.expiresAt?.toISOString() ?? null,
          },
        }),
  };
}

/** One expectation is summed up by itself. */
function presentEvidence({ details, ...summed }: ReadFinding["finding"]["evidence"]) {
  return details.length > 1 ? { ...summed, details } : summed;
}

const nothingToDo: FindingRemediation = { action: "", commandType: "none", payload: {}, rollbackHint: "" };

function recommended({ status, remediation }: ReadFinding["finding"], check: Check | null): FindingRemediation {
  if (status === "fail" && check !== null) return remediationOf(check);
  return status === "fail" || status === "manual" || status === "not_ported" ? byHand(remediation) : nothingToDo;
}

const known = new WeakMap<Check, FindingRemediation>();

/** The same for every device, so worked out once for each check. */
function remediationOf(check: Check): FindingRemediation {
  const made = known.get(check) ?? describe(check);
  known.set(check, made);
  return made;
}

function describe(check: Check): FindingRemediation {
  const expectations = check.require === null ? [] : [...expectationsOf(check.require)];
  const kinds = [...new Set(expectations.map(({ kind }) => kind))];
  const canPlan = kinds.length > 0 && kinds.every((kind) => findResource(kind)?.plan !== undefined);
  if (!canPlan) return byHand(check.remediation);
  return {
    action: check.remediation,
    commandType: kinds.join("+"),
    payload: {
      check: check.id,
      settings: expectations.map(({ kind, target, desired }) => ({ kind, target, desired })),
    },
    rollbackHint: 'What is changed is journaled on the device first; the action "rollback" puts it back.',
  };
}

function byHand(action: string): FindingRemediation {
  return { action, commandType: "manual", payload: {}, rollbackHint: "Note what is there before you change it." };
}
