import type { Check, Pack } from "@holdfast/content/pack";
import { parameterProblems } from "@holdfast/content/parameter";
import type { RemediationItem, RemediationReport } from "@holdfast/contracts/agent-protocol";
import type { Observation } from "@holdfast/contracts/fact";
import { StateChangedError } from "@holdfast/engine/changes";
import { collectFacts } from "@holdfast/engine/collect";
import { applyCheck, type Execution } from "@holdfast/engine/execute";
import { factRequestsOfChecks } from "@holdfast/engine/fact-requests";
import type { WritableHost } from "@holdfast/engine/host";
import { readJournal, readJournals } from "@holdfast/engine/journal";
import { type RollBack, rollBack } from "@holdfast/engine/roll-back";
import { agentVersion } from "./agent-version.ts";
import { uploadable } from "./uploadable.ts";

export interface RemediateOptions {
  readonly host: WritableHost;
  /** "/" or the directory the host is for; kept in the journal. */
  readonly root: string;
  readonly pack: Pack;
  readonly journalDirectory: string;
}

/** Carries out an approved order and says how it ended; never throws: what goes wrong is in the report. */
export async function remediate(options: RemediateOptions, order: RemediationItem): Promise<RemediationReport> {
  const { host, pack } = options;
  const check = pack.checks.get(order.check);
  if (check === undefined)
    return failed(`This agent (${agentVersion}) does not have the check ${order.check.slice(0, 100)}; update it.`);
  if (host.live && !host.privileged) return failed("The agent does not run as root, so it cannot change this machine.");
  try {
    const beforeState = await observe(options, check);
    const report = order.action === "apply" ? await apply(options, order, check) : await undo(options, order);
    return { ...report, beforeState, afterState: await observe(options, check) };
  } catch (error) {
    return { ...failed(messageOf(error)), stateChanged: error instanceof StateChangedError };
  }
}

/** What the check is judged on, by address. */
async function observe({ host, pack }: RemediateOptions, check: Check): Promise<Record<string, Observation>> {
  const { facts } = await collectFacts(host, factRequestsOfChecks(pack, [check.id]));
  return Object.fromEntries(uploadable(facts));
}

/** @throws StateChangedError when the plan is not the approved one; what the executor throws when it touched nothing. */
async function apply(options: RemediateOptions, order: RemediationItem, check: Check): Promise<RemediationReport> {
  if (order.planHash === null) return failed("The order names no approved plan, so nothing was changed.");
  const values = order.parameters ?? {};
  const [problem] = parameterProblems(options.pack, values);
  if (problem !== undefined)
    return failed(
      `This agent (${agentVersion}) cannot use the policy's ${problem.join(": it ")}, so nothing was changed.`,
    );
  const parameters = new Map(Object.entries(values));
  return reportOf(options, await applyCheck({ ...options, parameters }, check, order.planHash));
}

function reportOf(options: RemediateOptions, execution: Execution): RemediationReport {
  switch (execution.outcome) {
    case "nothing_to_do":
      return { success: true };
    case "committed":
      return { success: true, executionId: execution.id, rollbackHint: hintFor(options, execution.id) };
    case "rolled_back":
      return {
        ...failed(`${sentence(execution.reason)} Everything is as it was before.`),
        executionId: execution.id,
      };
    case "rollback_incomplete":
      return {
        ...failed(`${sentence(execution.reason)} These could not be put back: ${execution.left.join("; ")}`),
        executionId: execution.id,
        rollbackHint: hintFor(options, execution.id),
      };
  }
}

async function undo(options: RemediateOptions, order: RemediationItem): Promise<RemediationReport> {
  const { host, journalDirectory } = options;
  const id = order.executionId ?? (await lastExecution(options, order.check));
  if (id === null) return failed("This device has no journal of an execution of this check.");
  const { header } = await readJournal(journalDirectory, id);
  if (header !== null && header.plan.checkId !== order.check)
    return failed(`The execution ${id} is of another check; nothing was changed.`);
  return { ...rollBackReport(await rollBack({ host, journalDirectory, id })), executionId: id };
}

function rollBackReport(result: RollBack): RemediationReport {
  switch (result.outcome) {
    case "rolled_back":
    case "already_rolled_back":
      return { success: true };
    case "edited_since":
      return failed(`Changed on the device since, so nothing was put back:\n${result.differences.join("\n")}`);
    case "incomplete":
      return failed(`These could not be put back: ${result.left.join("; ")}`);
  }
}

/** The newest execution of a check on this machine that was kept; null: there is none. */
async function lastExecution({ journalDirectory, root }: RemediateOptions, checkId: string): Promise<string | null> {
  const kept = (await readJournals(journalDirectory)).filter(
    ({ state, header }) => state === "committed" && header?.root === root && header.plan.checkId === checkId,
  );
  return kept.at(-1)?.id ?? null;
}

export function hintFor({ journalDirectory }: Pick<RemediateOptions, "journalDirectory">, id: string): string {
  const stateDir = journalDirectory.replace(/\/journal$/, "");
  return `Request the action "rollback" for this check, or on the device: holdfast rollback ${id} --state-dir ${stateDir}`;
}

export function failed(reason: string): RemediationReport {
  return { success: false, error: reason.slice(0, 10_000) };
}

function messageOf(error: unknown): string {
  return sentence(error instanceof Error ? error.message : String(error));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
