import { statusFromCode } from "@holdfast/contracts/verdict";
import type { Insertable } from "kysely";
import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, personOf, requirePermission, type Tx } from "../../context.ts";
import type { RemediationTable } from "../../db/schema.ts";
import { Conflict, Invalid, NotFound } from "../../errors.ts";
import { selectDevice } from "../devices/queries.ts";
import { selectPolicy } from "../policies/queries.ts";
import { leftOut } from "../results/outcome.ts";
import { selectLatestResults, selectLayout } from "../results/queries.ts";
import { plannerFor, type StoredPlan, storedPlan } from "./plan-remediation.ts";
import { findLastApply, findResultOf, insertRemediations, type ReferredResult, selectOpen } from "./queries.ts";
import type { Remediation } from "./remediation.ts";
import { renderUndo } from "./undo-plan.ts";

export interface RemediationRequest {
  readonly deviceId: string;
  /** The policy and the result to go by; left out: the device's newest result. */
  readonly policyId?: string | undefined;
  readonly resultId?: string | undefined;
  /** Numbers of recommendations. */
  readonly checkIds: readonly string[];
  readonly action: Remediation["action"];
  readonly reason: string | null;
}

export interface RequestedRemediations {
  readonly policyId: string;
  readonly resultId: string;
  /** In the order of the numbers asked for. */
  readonly actionIds: readonly string[];
}

/** What is asked for, worked out for one recommendation. */
interface Wanted extends StoredPlan {
  readonly recommendation: string;
  readonly benchmark: string;
  readonly checkId: string;
  readonly undoes: string | null;
}

/**
 * Asks for checks to be fixed on a device, or for earlier fixes to be rolled back: one action each, with the exact
 * changes worked out from what the device last showed, waiting for another person's approval. All of them or none.
 *
 * @throws Forbidden; NotFound for a device, policy or result the organisation does not have, or a device without one;
 * Invalid with `invalidCheckIds` (nothing to fix or to roll back) or `manualCheckIds` (no safe fix); Conflict when one is
 * open already.
 */
export async function requestRemediation(ctx: Ctx, request: RemediationRequest): Promise<RequestedRemediations> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const { deviceId, action, reason } = request;
    const device = await selectDevice(tx, deviceId);
    const result = await findResult(tx, request);
    const numbers = [...new Set(request.checkIds)];
    const wanted = action === "apply" ? await wantFixes(tx, result, numbers) : await wantRollBacks(tx, result, numbers);
    const rows = wanted.map(
      (item): Insertable<RemediationTable> => ({
        ...item,
        orgId: tx.orgId,
        deviceId: device.id,
        policyId: result.policyId,
        resultId: result.resultId,
        action,
        state: "requested",
        requestedBy: personOf(tx.actor),
        reason,
        createdAt: tx.now,
      }),
    );
    const created = await insertRemediations(tx, rows);
    if (created.length < rows.length) throw await alreadyOpen(tx, device.id, wanted, created);
    const idOf = new Map(created.map(({ id, checkId }) => [checkId, id]));
    const actionIds = wanted.flatMap(({ checkId }) => idOf.get(checkId) ?? []);
    await audit(tx, {
      action: "remediation.request",
      subject: { type: "device", id: device.id },
      detail: { action, checkIds: numbers, actionIds, reason, policyId: result.policyId },
    });
    return { policyId: result.policyId, resultId: result.resultId, actionIds };
  });
}

/** @throws NotFound */
async function findResult(tx: Tx, { deviceId, policyId, resultId }: RemediationRequest): Promise<ReferredResult> {
  if (policyId !== undefined) await selectPolicy(tx, policyId);
  if (resultId === undefined) {
    const [newest] = await selectLatestResults(tx, { deviceIds: [deviceId], policyId });
    if (newest === undefined) throw new NotFound("result: the device has not been scanned yet");
    return newest;
  }
  const result = await findResultOf(tx, deviceId, resultId);
  if (result === null || (policyId !== undefined && result.policyId !== policyId.toLowerCase()))
    throw new NotFound("result of this device");
  return result;
}

/** The numbers that fail in a result, with the benchmark they are of. Exceptions change the score, not the verdict. */
async function failingIn(
  tx: Tx,
  { layoutId, statuses }: ReferredResult,
): Promise<{ benchmark: string; failing: Set<string> }> {
  if (layoutId === null) return { benchmark: "", failing: new Set() };
  const { benchmark, version, numbers } = await selectLayout(tx, layoutId);
  const failing = numbers.filter((_, place) => {
    const code = statuses[place] ?? leftOut;
    return code !== leftOut && statusFromCode(code) === "fail";
  });
  return { benchmark: `${benchmark}@${version}`, failing: new Set(failing) };
}

/** @throws Invalid */
async function wantFixes(tx: Tx, result: ReferredResult, numbers: readonly string[]): Promise<Wanted[]> {
  const { benchmark, failing } = await failingIn(tx, result);
  // What was asked about may be an older result, and the newest may have been judged anew since.
  const [newest = result] = await selectLatestResults(tx, { deviceIds: [result.deviceId], policyId: result.policyId });
  const { failing: still } = await failingIn(tx, newest);
  const planner = await plannerFor(tx, result.deviceId, result.policyId);
  const invalid: string[] = [];
  const byHand = new Map<string, string>();
  const wanted: Wanted[] = [];
  for (const number of numbers) {
    const check = planner.checkOf(benchmark, number);
    if (!failing.has(number) || !still.has(number)) invalid.push(number);
    else if (check === null)
      byHand.set(number, "The present content has no such recommendation; scan the device again.");
    else {
      const plan = planner.plan(check);
      if ("none" in plan) byHand.set(number, plan.none);
      else if (plan.changes.length === 0) invalid.push(number);
      else wanted.push({ ...storedPlan(plan), recommendation: number, benchmark, checkId: check.id, undoes: null });
    }
  }
  if (invalid.length > 0) {
    throw new Invalid(`These checkIds are not currently failing on the device: ${some(invalid)}.`, {
      invalidCheckIds: invalid,
    });
  }
  if (byHand.size > 0) {
    const steps = [...byHand].map(([number, step]) => `${number}: ${step}`);
    throw new Invalid(`These checks have no automatic fix; fix them by hand. ${some(steps, " ")}`, {
      manualCheckIds: [...byHand.keys()],
      manualSteps: Object.fromEntries(byHand),
    });
  }
  return wanted;
}

/** @throws Invalid */
async function wantRollBacks(tx: Tx, result: ReferredResult, numbers: readonly string[]): Promise<Wanted[]> {
  const { benchmark } = await failingIn(tx, result);
  const planner = await plannerFor(tx, result.deviceId, result.policyId);
  const invalid: string[] = [];
  const wanted: Wanted[] = [];
  for (const number of numbers) {
    const check = planner.checkOf(benchmark, number);
    // The result may be by a benchmark that has no such number; the device was changed all the same.
    const by = check === null ? { recommendation: number } : { checkId: check.id };
    const last = await findLastApply(tx, result.deviceId, by);
    if (last === null || last.undone) {
      invalid.push(number);
      continue;
    }
    const { id, plan, planHash, risk, checkId, benchmark: of } = last.apply;
    const stored = { plan: JSON.stringify(plan), planHash, risk, diff: renderUndo(plan) };
    wanted.push({ ...stored, recommendation: number, benchmark: of, checkId, undoes: id });
  }
  if (invalid.length > 0) {
    throw new Invalid(`Nothing to roll back: there is no completed apply on the device of ${some(invalid)}.`, {
      invalidCheckIds: invalid,
    });
  }
  return wanted;
}

async function alreadyOpen(
  tx: Tx,
  deviceId: string,
  wanted: readonly Wanted[],
  created: readonly { readonly id: string }[],
): Promise<Conflict> {
  const own = new Set(created.map(({ id }) => id));
  const checkIds = wanted.map(({ checkId }) => checkId);
  const open = (await selectOpen(tx, deviceId, checkIds)).filter(({ id }) => !own.has(id));
  const numbers = open.map(({ recommendation }) => recommendation);
  return new Conflict(
    `The device has an open remediation action already for ${some(numbers)}; decide or cancel it first.`,
    {
      conflictingCheckIds: numbers,
      conflictingActionIds: open.map(({ id }) => id),
    },
  );
}

function some(items: readonly string[], separator = ", "): string {
  const shown = items.slice(0, 10).join(separator);
  return items.length > 10 ? `${shown}${separator}and ${items.length - 10} more` : shown;
}
