import { Type } from "typebox";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { DomainError } from "../../errors.ts";
import { defineJob, enqueue } from "../../jobs.ts";
import type { Policy } from "../policies/policy.ts";
import { lockPolicyKey } from "../policies/queries.ts";
import { judgementOf } from "./judgement-of.ts";
import { findLatest, selectStale, tryLockDevice } from "./queries.ts";
import { replaceJudgement } from "./record-result.ts";

/** As many devices are judged again within the change itself, so that a small fleet never shows the old verdicts. */
const atOnce = 20;
const batch = 50;
const firstId = "00000000-0000-0000-0000-000000000000";
/** Uploads under way when the policy changed are judged by its old revision; by then they are stored. */
const afterUploadsMs = 10_000;

/**
 * Judges the latest results of a policy that has just got a new revision again, on their stored facts: a few now, the rest
 * in a job. Results keep their times.
 */
export async function rejudgeSoon(tx: Tx, policy: Policy): Promise<void> {
  await rejudgeSome(tx, policy, firstId, atOnce);
  await enqueue(tx, rejudgePolicy, { policyId: policy.id });
  await enqueue(tx, rejudgePolicy, { policyId: policy.id }, new Date(tx.now.getTime() + afterUploadsMs));
}

/** Judges again what is judged by an older revision than the policy's. Running it twice is harmless. */
export const rejudgePolicy = defineJob({
  name: "rejudge-policy",
  payload: Type.Object({ policyId: Type.String({ format: "uuid" }) }),
  async run(ctx, { policyId }) {
    for (let after: string | null = firstId; after !== null; ) after = await rejudgeBatch(ctx, policyId, after);
  },
});

async function rejudgeBatch(ctx: Ctx, policyId: string, after: string): Promise<string | null> {
  try {
    return await inTransaction(ctx, async (tx) => rejudgeSome(tx, await lockPolicyKey(tx, policyId), after, batch));
  } catch (error) {
    // The policy is gone by now, and its results with it.
    if (error instanceof DomainError && error.code === "not_found") return null;
    throw error;
  }
}

/** @returns the device to go on after; null when there are no more. */
async function rejudgeSome(tx: Tx, policy: Policy, after: string, limit: number): Promise<string | null> {
  const deviceIds = await selectStale(tx, policy, after, limit);
  for (const deviceId of deviceIds) {
    const device = await tryLockDevice(tx, deviceId);
    // Something is being stored for it right now: the later job sees to it.
    if (device === null) continue;
    const latest = await findLatest(tx, deviceId, policy.id);
    if (latest === null || latest.policyRevision === policy.revision) continue;
    await replaceJudgement(tx, latest, await judgementOf(tx, policy, device.platform, latest));
  }
  return deviceIds.length < limit ? null : (deviceIds.at(-1) ?? null);
}
