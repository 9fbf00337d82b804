import { audit } from "../../audit.ts";
import { type Ctx, inTransaction, type Tx } from "../../context.ts";
import { dispatchRemediation } from "./jobs.ts";
import { lockRemediations, takeFromOutbox, updateRemediations } from "./queries.ts";

/** Longer than the queue may take to answer; should this process die meanwhile, the relay takes the job then. */
const heldMs = 20_000;

/** An approved action and the job in the outbox that dispatches it. */
export interface OwnedJob {
  readonly actionId: string;
  readonly jobId: string;
}

/** How long the relay keeps off a job that is handed over here; null where the relay does it all. */
export function heldUntil({ services, now }: Ctx): Date | null {
  return services.queue === undefined ? null : new Date(now.getTime() + heldMs);
}

/**
 * Hands approved actions to the queue now, so that whoever approves hears of it when the queue does not take them. An
 * action that it does not take waits for approval again; its job is withdrawn, so that it can neither be lost nor run.
 *
 * @returns the ids of those.
 */
export async function handOver(ctx: Ctx, jobs: readonly OwnedJob[]): Promise<string[]> {
  const { queue, log } = ctx.services;
  if (queue === undefined) return [];
  const outcomes = await Promise.allSettled(
    jobs.map(({ jobId, actionId }) => {
      const data = { orgId: ctx.orgId, payload: { actionId } };
      return queue.add({ id: jobId, name: dispatchRemediation.name, data, delayMs: 0 });
    }),
  );
  const returned: string[] = [];
  await inTransaction({ ...ctx, now: new Date() }, async (tx) => {
    for (const [place, outcome] of outcomes.entries()) {
      const job = jobs[place];
      if (job === undefined) continue;
      const withdrawn = await takeFromOutbox(tx, job.jobId);
      if (outcome.status === "fulfilled") continue;
      log.warn({ err: outcome.reason, actionId: job.actionId }, "an approved action could not be queued");
      if (withdrawn && (await sendBack(tx, job.actionId))) returned.push(job.actionId);
    }
  });
  return returned;
}

/** False when it has gone on in the meantime. */
async function sendBack(tx: Tx, actionId: string): Promise<boolean> {
  const [action] = await lockRemediations(tx, [actionId]);
  if (action?.state !== "approved") return false;
  const message = "The job queue did not take it; approve it again.";
  await updateRemediations(tx, [actionId], {
    state: "requested",
    decidedBy: null,
    decidedAt: null,
    decisionNote: null,
    message,
  });
  await audit(tx, {
    action: "remediation.return",
    subject: { type: "remediation", id: actionId },
    detail: { message },
  });
  return true;
}
