import { type Static, Type } from "typebox";
import { isOnline } from "../devices/present.ts";
import { approvalStatuses, type NamedRemediation, remediationStatuses, statusesOf } from "./remediation.ts";

const Uuid = Type.String({ format: "uuid" });
const Time = Type.String({ format: "date-time" });
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

export const RemediationDetails = Type.Object({
  message: nullable(Type.String({ description: "Why it failed or came back to the approver; what it waits for." })),
  waitingFor: nullable(Type.Enum(["approval", "queue", "device"])),
  executionId: nullable(Type.String({ description: "The journal's id on the device." })),
  benchmark: Type.String(),
  rollsBack: nullable(Type.String({ description: "Of a roll-back: the action it undoes.", format: "uuid" })),
  startedAt: nullable(Time),
});

/** A remediation as interface B and our own routes show it. */
export const RemediationAction = Type.Object({
  id: Uuid,
  orgId: Uuid,
  deviceId: Uuid,
  deviceHostname: Type.String(),
  baselineId: Uuid,
  baselineName: Type.String(),
  baselineResultId: Uuid,
  checkId: Type.String(),
  action: Type.Enum(["apply", "rollback"]),
  status: Type.Enum(remediationStatuses),
  approvalStatus: Type.Enum(approvalStatuses),
  requestedBy: Type.String({ description: "A user's id, also behind a token; a token's id when it is nobody's." }),
  reason: nullable(Type.String()),
  approvedBy: nullable(Type.String({ description: "Who decided, approving or rejecting." })),
  approvedAt: nullable(Time),
  approvalNote: nullable(Type.String()),
  executedAt: nullable(Time),
  beforeState: Type.Unknown({ description: "What the device showed before, by address; null until it reports." }),
  afterState: Type.Unknown({ description: "What it showed afterwards." }),
  details: RemediationDetails,
  rollbackHint: nullable(Type.String()),
  createdAt: Time,
  plan: Type.String({ description: "The exact changes, as a diff." }),
  planHash: Type.String({ description: "What the approval is bound to." }),
  risk: Type.String(),
});
export type RemediationAction = Static<typeof RemediationAction>;

export function presentRemediation(now: Date, row: NamedRemediation): RemediationAction {
  return {
    id: row.id,
    orgId: row.orgId,
    deviceId: row.deviceId,
    deviceHostname: row.deviceHostname,
    baselineId: row.policyId,
    baselineName: row.policyName,
    baselineResultId: row.resultId,
    checkId: row.recommendation,
    action: row.action,
    ...statusesOf(row),
    requestedBy: row.requestedBy,
    reason: row.reason,
    approvedBy: row.decidedBy,
    approvedAt: row.decidedAt?.toISOString() ?? null,
    approvalNote: row.decisionNote,
    executedAt: row.executedAt?.toISOString() ?? null,
    beforeState: row.beforeState ?? null,
    afterState: row.afterState ?? null,
    details: detailsOf(now, row),
    rollbackHint: row.rollbackHint,
    createdAt: row.createdAt.toISOString(),
    plan: row.diff,
    planHash: row.planHash,
    risk: row.risk,
  };
}

const waitsFor = { requested: "approval", approved: "queue", dispatched: "device" } as const;

function detailsOf(now: Date, row: NamedRemediation): RemediationAction["details"] {
  const waitingFor = row.state in waitsFor ? waitsFor[row.state as keyof typeof waitsFor] : null;
  const away = waitingFor === "device" && !isOnline(row, now);
  return {
    message: away
      ? "The device is offline; it takes the action when it is back. It can be cancelled until then."
      : row.message,
    waitingFor,
    executionId: row.executionId,
    benchmark: row.benchmark,
    rollsBack: row.undoes,
    startedAt: row.startedAt?.toISOString() ?? null,
  };
}
