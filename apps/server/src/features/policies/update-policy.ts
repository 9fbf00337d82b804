import { canonicalJson } from "@holdfast/contracts/json";
import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, requirePermission } from "../../context.ts";
import { rejudgeSoon } from "../results/rejudge.ts";
import { firstScanAt, type NewPolicy, type Policy } from "./policy.ts";
import { deletePolicyWork, lockPolicy, updatePolicyRow } from "./queries.ts";
import { refuseBadValues } from "./site-values.ts";

/** Changing one of these can change a verdict or a score. */
const judged = ["benchmark", "benchmarkVersion", "level", "profile", "exclusions", "scoring", "parameters"] as const;

/**
 * Changes what is given and leaves the rest. A schedule that was switched on or got another interval counts from now, and
 * so does one whose time went by while the policy was not enabled.
 * What can alter a verdict or a score has the stored results judged again; another operating system leaves none.
 *
 * @throws Forbidden, NotFound, Invalid
 */
export async function updatePolicy(ctx: Ctx, id: string, change: Partial<NewPolicy>): Promise<Policy> {
  requirePermission(ctx, "orgs:write");
  return inTransaction(ctx, async (tx) => {
    const before = await lockPolicy(tx, id);
    const { exclusions, nextScanAt, parameters, ...rest } = change;
    const osType = change.osType ?? before.osType;
    if (parameters !== undefined) refuseBadValues(tx.services.pack, osType, parameters);
    const next = {
      ...before,
      ...rest,
      exclusions: exclusions === undefined ? before.exclusions : [...new Set(exclusions)],
      // Another operating system has other parameters.
      parameters: parameters ?? (osType === before.osType ? before.parameters : {}),
    };
    const resumes = next.enabled && !before.enabled && (before.nextScanAt ?? tx.now) < tx.now;
    const reschedules =
      resumes || next.scheduleEnabled !== before.scheduleEnabled || next.intervalMinutes !== before.intervalMinutes;
    const rejudges = judged.some((field) => canonicalJson(next[field]) !== canonicalJson(before[field]));
    const after = await updatePolicyRow(tx, id, {
      ...rest,
      exclusions: next.exclusions,
      parameters: JSON.stringify(next.parameters),
      nextScanAt: nextScanAt ?? (reschedules ? firstScanAt(next, tx.now) : before.nextScanAt),
      revision: before.revision + (rejudges ? 1 : 0),
      updatedAt: tx.now,
    });
    if (after.osType !== before.osType) await deletePolicyWork(tx, id);
    else if (rejudges) await rejudgeSoon(tx, after);
    await audit(tx, {
      action: "policy.update",
      subject: { type: "policy", id },
      before: changedMembers(before, after),
      after: changedMembers(after, before),
    });
    return after;
  });
}

/** The members of `policy` that differ in `other`, but for bookkeeping. */
function changedMembers(policy: Policy, other: Policy): Partial<Policy> {
  const { updatedAt: _, revision: __, ...members } = policy;
  const isChanged = ([name, value]: [string, unknown]): boolean =>
    JSON.stringify(value) !== JSON.stringify(other[name as keyof Policy]);
  return Object.fromEntries(Object.entries(members).filter(isChanged));
}
