import type { Check, Pack } from "@holdfast/content/pack";
import type { ParameterValues } from "@holdfast/content/parameter";
import type { Plan } from "@holdfast/contracts/plan";
import type { Verdict } from "@holdfast/contracts/verdict";
import { activateAll } from "./activation.ts";
import { applyChange, observeWas, StateChangedError } from "./changes.ts";
import { collectFacts } from "./collect.ts";
import { withExecutionLock } from "./execution-lock.ts";
import { factRequestsOfChecks } from "./fact-requests.ts";
import type { WritableHost } from "./host.ts";
import { createJournal, type Journal, readJournals } from "./journal.ts";
import { type CheckResult, type JudgeContext, judgeCheck } from "./judge.ts";
import { planCheck, planHash } from "./plan.ts";
import { undoAll } from "./roll-back.ts";

/** How an execution ended. */
export type Execution =
  /** The check passes already; nothing was touched. */
  | { readonly outcome: "nothing_to_do" }
  | { readonly outcome: "committed"; readonly id: string }
  /** It did not work, and everything is as it was before. */
  | { readonly outcome: "rolled_back"; readonly id: string; readonly reason: string }
  /** It did not work, and `left` could not be put back; rolling back by id tries again. */
  | {
      readonly outcome: "rollback_incomplete";
      readonly id: string;
      readonly reason: string;
      readonly left: readonly string[];
    };

/** There is nothing that can be executed: the message says why and what to do by hand. */
export class NotPlannableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "NotPlannableError";
  }
}

export interface ExecuteOptions {
  readonly host: WritableHost;
  /** "/" or the directory the host is for; kept in the journal. */
  readonly root: string;
  readonly journalDirectory: string;
  readonly pack: Pick<Pack, "checks" | "conditions">;
  /** What the policy sets; the pack's defaults count for the rest. */
  readonly parameters?: ParameterValues;
}

/** A check as it stands on a machine: the facts it needs were just read. */
export interface CheckReading {
  readonly result: CheckResult;
  readonly plan: ReturnType<typeof planCheck>;
}

/** Reads what a check needs, judges and plans it; changes nothing. */
export async function readCheck(
  { host, pack, parameters = new Map() }: Pick<ExecuteOptions, "host" | "pack" | "parameters">,
  check: Check,
): Promise<CheckReading> {
  const { facts } = await collectFacts(host, factRequestsOfChecks(pack, [check.id]));
  const context: JudgeContext = { facts, conditions: pack.conditions, parameters };
  return { result: judgeCheck(check, context), plan: planCheck(check, context) };
}

/**
 * Makes a failing check pass: reads, plans, journals, changes, validates, activates, reads again and judges again; rolls
 * everything back unless the check passes then.
 *
 * @param approvedHash the planHash somebody approved; another plan is not carried out.
 * @throws StateChangedError when the plan is not the approved one or what is there has changed: nothing was touched.
 *   NotPlannableError, LockedError, UnreadableError: nothing was touched either.
 */
export async function applyCheck(options: ExecuteOptions, check: Check, approvedHash?: string): Promise<Execution> {
  return withExecutionLock(options.journalDirectory, async () => {
    await refuseInterrupted(options);
    const { plan } = await readCheck(options, check);
    if (approvedHash !== undefined && ("none" in plan || planHash(plan) !== approvedHash))
      throw new StateChangedError("The machine has changed since the plan was approved; plan it again.");
    if ("none" in plan) throw new NotPlannableError(plan.none);
    return execute(options, check, plan);
  });
}

async function execute(options: ExecuteOptions, check: Check, plan: Plan): Promise<Execution> {
  if (plan.changes.length === 0) return { outcome: "nothing_to_do" };
  const { host, root, journalDirectory } = options;
  const before = await Promise.all(plan.changes.map((change) => observeWas(host, change)));
  const hash = planHash(plan);
  const journal = await createJournal(journalDirectory, { root, check, plan, planHash: hash, before });
  try {
    const { begun, reason } = await tryChanges(options, check, plan, journal);
    if (reason === null) {
      await journal.append({ entry: "committed", at: new Date().toISOString() });
      return { outcome: "committed", id: journal.id };
    }
    const touched = { ...plan, changes: plan.changes.slice(0, begun) };
    const left = await undoAll(host, touched, before, { onlyOurs: true });
    if (left.length > 0) return { outcome: "rollback_incomplete", id: journal.id, reason, left };
    await journal.append({ entry: "rolled_back", at: new Date().toISOString(), reason });
    return { outcome: "rolled_back", id: journal.id, reason };
  } finally {
    await journal.close();
  }
}

/** How many changes were begun, and why the check does not pass after them; null when it does. What was changed stays. */
async function tryChanges(
  options: ExecuteOptions,
  check: Check,
  plan: Plan,
  journal: Journal,
): Promise<{ readonly begun: number; readonly reason: string | null }> {
  let begun = 0;
  try {
    for (const [index, change] of plan.changes.entries()) {
      // Before `begin`: what somebody else has changed by now is not ours to undo.
      await observeWas(options.host, change);
      await journal.append({ entry: "begin", change: index });
      begun = index + 1;
      await applyChange(options.host, change);
      await journal.append({ entry: "done", change: index });
    }
    await activateAll(options.host, plan.activations);
    const { result } = await readCheck(options, check);
    return { begun, reason: result.verdict === "pass" ? null : describeVerdict(result.verdict, result.message) };
  } catch (error) {
    return { begun, reason: error instanceof Error ? error.message : String(error) };
  }
}

function describeVerdict(verdict: Verdict | "not_ported", message: string): string {
  return `After the changes the check is ${verdict.replace("_", " ")}, not pass${message === "" ? "" : `: ${message}`}`;
}

/** Planning on a half-changed machine would make the half change look like what was there before. */
async function refuseInterrupted({ journalDirectory, root }: ExecuteOptions): Promise<void> {
  for (const { id, state, header } of await readJournals(journalDirectory)) {
    if (state === "interrupted" && header?.root === root)
      throw new StateChangedError(`The execution ${id} was interrupted; roll it back first.`);
  }
}
