import type { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import { readJournals } from "@holdfast/engine/journal";
import { rollBack } from "@holdfast/engine/roll-back";
import { detailOf } from "./enrol.ts";
import { failed, hintFor, type RemediateOptions, remediate } from "./remediate.ts";
import type { RemediationRecord, RemediationRecords } from "./remediation-records.ts";
import { isTemporary } from "./send-upload.ts";
import { ServerUnreachable, type Uplink } from "./uplink.ts";

export interface RemediatorOptions extends RemediateOptions {
  readonly uplink: Uplink;
  readonly records: RemediationRecords;
  readonly log: (line: string) => void;
}

/** Carries out orders, each once however often it is given, and brings the reports to the server. */
export interface Remediator {
  /** Puts back what was interrupted. Before anything else is carried out. */
  recover(): Promise<void>;
  /** The report of what was begun or done already is kept; else it is carried out now. Not reported yet. */
  carryOut(order: RemediationItem): Promise<void>;
  /** Sends the reports there are. @throws ServerUnreachable; what was not sent stays on disk. */
  sendReports(): Promise<void>;
}

export function openRemediator(options: RemediatorOptions): Remediator {
  const { uplink, records, log } = options;

  async function send({ order: { actionId }, report }: RemediationRecord): Promise<void> {
    if (report === null) return;
    const answer = await uplink.request("POST", `/agent/v1/remediations/${actionId}/report`, report);
    if (isTemporary(answer.status)) throw new ServerUnreachable(`The server refuses us: ${detailOf(answer)}`);
    if (answer.status >= 300) log(`the server does not take a remediation's report: ${detailOf(answer)}`);
    await records.remove(actionId);
  }

  return {
    async recover() {
      await rollBackInterrupted(options);
      for (const record of await records.list()) {
        if (record.report !== null) continue;
        const report = await interruptedReport(options, record);
        // Nothing was touched: when the server gives it again, it is carried out as if for the first time.
        if (report === null) await records.remove(record.order.actionId);
        else await records.save({ ...record, report });
      }
    },
    async carryOut(order) {
      if ((await records.find(order.actionId)) !== null) return;
      const record = { order, startedAt: new Date().toISOString(), report: null };
      await records.save(record);
      const report = await remediate(options, order);
      await records.save({ ...record, report });
      log(`${order.action} of ${order.checkId}: ${report.success ? "done" : (report.error ?? "failed")}`);
    },
    async sendReports() {
      for (const record of await records.list()) await send(record);
    },
  };
}

async function rollBackInterrupted({ host, root, journalDirectory, log }: RemediatorOptions): Promise<void> {
  for (const { id, state, header } of await readJournals(journalDirectory)) {
    if (state !== "interrupted" || header?.root !== root) continue;
    try {
      const { outcome } = await rollBack({ host, journalDirectory, id });
      log(`the interrupted execution ${id}: ${outcome.replaceAll("_", " ")}`);
    } catch (error) {
      log(`the interrupted execution ${id} could not be rolled back: ${String(error)}`);
    }
  }
}

/** How an order ended that was being carried out when the agent was stopped; null: nothing was changed. */
async function interruptedReport(
  options: RemediatorOptions,
  { order, startedAt }: RemediationRecord,
): Promise<RemediationReport | null> {
  // Rolling back again ends as it would have ended the first time.
  if (order.action === "rollback") return null;
  const begun = (await readJournals(options.journalDirectory)).findLast(
    ({ header }) =>
      header?.root === options.root && header.planHash === order.planHash && header.startedAt >= startedAt,
  );
  switch (begun?.state) {
    case "committed":
      return { success: true, executionId: begun.id, rollbackHint: hintFor(options, begun.id) };
    case "rolled_back":
      return failed("The agent was stopped while it carried this out; everything is as it was before.");
    case "interrupted":
      return {
        ...failed("The agent was stopped while it carried this out, and not all could be put back."),
        executionId: begun.id,
      };
    default:
      return null;
  }
}
