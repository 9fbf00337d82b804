import type { RemediationReport } from "@holdfast/contracts/agent-protocol";
import type { Updateable } from "kysely";
import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import type { RemediationTable } from "../../db/schema.ts";
import { Invalid, NotFound } from "../../errors.ts";
import { problemWithJson } from "../../http/plain-json.ts";
import { plannerFor, storedPlan } from "./plan-remediation.ts";
import { jsonText, lockRemediation, updateRemediations } from "./queries.ts";
import type { Remediation } from "./remediation.ts";

const maxStateBytes = 262_144;

/**
 * Takes a device's word on how an action ended. Sent twice, the first counts; sent after its time was over, it still
 * counts: what happened on the device has happened. A plan that would be another one by now goes back to the approver,
 * made anew from what the device shows.
 *
 * @throws NotFound for an action of another device or one that the device was never given; Invalid for states that
 * cannot be stored.
 */
export async function reportRemediation(
  ctx: Ctx,
  deviceId: string,
  actionId: string,
  report: RemediationReport,
): Promise<void> {
  assertStorable("beforeState", report.beforeState);
  assertStorable("afterState", report.afterState);
  await inTransaction(ctx, async (tx) => {
    const action = await lockRemediation(tx, actionId);
    if (action.deviceId !== deviceId || action.startedAt === null) throw new NotFound("remediation action");
    const isLate = action.state === "failed" && action.executedAt === null;
    if (action.state !== "running" && !isLate) return;
    const change = await outcomeOf(tx, action, report);
    await updateRemediations(tx, [actionId], change);
    await audit(tx, {
      action: auditActionOf(change),
      subject: { type: "remediation", id: actionId },
      detail: { deviceId, checkId: action.recommendation, action: action.action, message: change.message ?? null },
    });
  });
}

async function outcomeOf(
  tx: Tx,
  action: Remediation,
  report: RemediationReport,
): Promise<Updateable<RemediationTable>> {
  const told = {
    executedAt: tx.now,
    claimedUntil: null,
    executionId: report.executionId ?? null,
    beforeState: report.beforeState === undefined ? null : jsonText(report.beforeState),
    afterState: report.afterState === undefined ? null : jsonText(report.afterState),
    rollbackHint: report.rollbackHint ?? null,
  };
  if (report.success) return { ...told, state: "completed", message: null };
  const message = report.error ?? "The device does not say why.";
  if (report.stateChanged === true && action.action === "apply") {
    const planned = await replan(tx, action);
    if (planned !== null) return { ...planned, ...undecided, state: "requested", message };
  }
  return { ...told, state: "failed", message };
}

/** As if nobody had approved it yet. */
const undecided = {
  decidedBy: null,
  decidedAt: null,
  decisionNote: null,
  startedAt: null,
  claimedUntil: null,
} as const;

/** The plan by what the device shows now; null when there is nothing to do any more, or nothing that can be done. */
async function replan(tx: Tx, { deviceId, policyId, checkId }: Remediation) {
  const check = tx.services.pack.checks.get(checkId);
  if (check === undefined) return null;
  const plan = (await plannerFor(tx, deviceId, policyId)).plan(check);
  return "none" in plan || plan.changes.length === 0 ? null : storedPlan(plan);
}

function auditActionOf({ state }: Updateable<RemediationTable>): string {
  if (state === "requested") return "remediation.return";
  return state === "completed" ? "remediation.complete" : "remediation.fail";
}

/** @throws Invalid */
function assertStorable(field: string, state: unknown): void {
  if (state === undefined) return;
  const problem = problemWithJson(state);
  if (problem !== null) throw new Invalid(`${field} ${problem}.`);
  if (Buffer.byteLength(JSON.stringify(state)) > maxStateBytes)
    throw new Invalid(`${field} has more than ${maxStateBytes} bytes.`);
}
