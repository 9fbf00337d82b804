import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, personOf, requirePermission, type Tx } from "../../context.ts";
import { Conflict, DomainError, Forbidden, Invalid } from "../../errors.ts";
import { enqueue } from "../../jobs.ts";
import { handOver, heldUntil, type OwnedJob } from "./hand-over.ts";
import { dispatchRemediation } from "./jobs.ts";
import { lockRemediations, updateRemediations } from "./queries.ts";
import type { Remediation } from "./remediation.ts";

export interface Approval {
  readonly actionIds: readonly string[];
  readonly note: string | null;
  /** The hash of the plan that was looked at, by action; where given, another plan is not approved. */
  readonly planHashes?: Readonly<Record<string, string>> | undefined;
}

export interface Decided {
  readonly actionIds: readonly string[];
  /** Decided or finished already. */
  readonly skippedIds: readonly string[];
  /** Approved, but the queue did not take them: they wait for approval again. */
  readonly failedActionIds: readonly string[];
}

/**
 * Approves what waits for approval and hands it to the queue, exactly once whoever else decides at the same time.
 *
 * @throws Forbidden with `selfApprovedIds` for one's own; not_found with `missingIds`; Invalid when nothing is pending;
 * Conflict with `changedIds` when a plan is not the one that was looked at. Then nothing is decided.
 */
export async function approveRemediations(ctx: Ctx, approval: Approval): Promise<Decided> {
  requirePermission(ctx, "orgs:write");
  const { note, planHashes = {} } = approval;
  const until = heldUntil(ctx);
  const { ids, skippedIds, jobs } = await inTransaction(ctx, async (tx) => {
    const { pending, skippedIds } = await lockPending(tx, approval.actionIds);
    const own = pending.filter(({ requestedBy }) => requestedBy === personOf(tx.actor)).map(({ id }) => id);
    if (own.length > 0) {
      throw new Forbidden("Who requested a remediation cannot approve it; somebody else has to.", {
        selfApprovedIds: own,
      });
    }
    const changed = pending.filter(({ id, planHash }) => (planHashes[id] ?? planHash) !== planHash);
    if (changed.length > 0) {
      throw new Conflict("The plan is another one by now; look at it again.", {
        changedIds: changed.map(({ id }) => id),
      });
    }
    const ids = pending.map(({ id }) => id);
    await updateRemediations(tx, ids, { ...decision(tx, note), state: "approved", message: null });
    const jobs: OwnedJob[] = [];
    for (const actionId of ids) {
      jobs.push({ actionId, jobId: await enqueue(tx, dispatchRemediation, { actionId }, tx.now, until) });
    }
    await auditDecision(tx, "remediation.approve", pending, note);
    return { ids, skippedIds, jobs };
  });
  const failed = new Set(await handOver(ctx, jobs));
  return {
    actionIds: ids.filter((id) => !failed.has(id)),
    skippedIds,
    failedActionIds: [...failed],
  };
}

/**
 * Rejects what waits for approval; one's own may be rejected too.
 *
 * @throws Forbidden; not_found with `missingIds`; Invalid when nothing is pending. Then nothing is decided.
 */
export async function rejectRemediations(ctx: Ctx, { actionIds, note }: Approval): Promise<Decided> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const { pending, skippedIds } = await lockPending(tx, actionIds);
    const ids = pending.map(({ id }) => id);
    await updateRemediations(tx, ids, { ...decision(tx, note), state: "rejected" });
    await auditDecision(tx, "remediation.reject", pending, note);
    return { actionIds: ids, skippedIds, failedActionIds: [] };
  });
}

/** Of those named, what can be decided, in the order named. */
async function lockPending(
  tx: Tx,
  named: readonly string[],
): Promise<{ readonly pending: Remediation[]; readonly skippedIds: string[] }> {
  const ids = [...new Set(named.map((id) => id.toLowerCase()))];
  const found = new Map((await lockRemediations(tx, ids)).map((action) => [action.id, action]));
  const missingIds = ids.filter((id) => !found.has(id));
  if (missingIds.length > 0) {
    throw new DomainError("not_found", "There are no such remediation actions; nothing was decided.", {
      fields: { missingIds },
    });
  }
  const actions = ids.flatMap((id) => found.get(id) ?? []);
  const pending = actions.filter(({ state }) => state === "requested");
  const skippedIds = actions.filter(({ state }) => state !== "requested").map(({ id }) => id);
  if (pending.length === 0)
    throw new Invalid("No pending remediation actions: all of them are decided already.", { skippedIds });
  return { pending, skippedIds };
}

function decision(tx: Tx, note: string | null) {
  return { decidedBy: personOf(tx.actor), decidedAt: tx.now, decisionNote: note };
}

async function auditDecision(
  tx: Tx,
  action: "remediation.approve" | "remediation.reject",
  decided: readonly Remediation[],
  note: string | null,
): Promise<void> {
  for (const { id, deviceId, recommendation, planHash } of decided) {
    const subject = { type: "remediation", id };
    await audit(tx, { action, subject, detail: { deviceId, checkId: recommendation, planHash, note } });
  }
}
